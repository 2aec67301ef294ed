import Access
import ControlModel
import Forwarding
import Hummingbird
import LinuxKit
import NIOCore

/// Asks the kernel who is at the other end of the socket (`SO_PEERCRED`, unix(7)).
struct SocketCallerMiddleware: RouterMiddleware {
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// `SOL_SOCKET` and `SO_PEERCRED` on the processors that Swift runs on.
    private static let level = NIOBSDSocket.OptionLevel(rawValue: 1)
    private static let option = NIOBSDSocket.Option(rawValue: 17)

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let options = context.channel as? any SocketOptionProvider {
            let caller: Credentials = try await options.unsafeGetSocketOption(
                level: Self.level, name: Self.option
            ).get()
            context.caller = .socket(user: Users.name(of: caller.user))
        }
        return try await next(request, context)
    }
}

/// Finds out who calls over the network, by what the request shows.
struct NetworkCallerMiddleware: RouterMiddleware {
    let doorkeeper: Doorkeeper

    /// Browsers take a name like this only from the host itself, over TLS, for every path (RFC 6265bis).
    static let cookie = "__Host-portcullis"

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.source = context.channel.remoteAddress?.ipAddress
        context.caller = await caller(request)
        return try await next(request, context)
    }

    /// A token wins: a program that shows one means it.
    private func caller(_ request: Request) async -> Caller {
        if let text = request.headers[.authorization] {
            let words = text.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer" else { return .nobody }
            return await doorkeeper.caller(bearing: words[1])
        }
        guard let cookie = request.cookies[Self.cookie] else { return .nobody }
        return await doorkeeper.caller(withCookie: cookie.value)
    }
}
