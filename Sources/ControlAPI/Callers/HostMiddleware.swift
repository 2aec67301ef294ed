import Access
import ControlModel
import Hummingbird
import NIOCore

/// Refuses requests for a host that the gateway is not (DNS rebinding).
struct HostMiddleware: RouterMiddleware {
    let hosts: KnownHosts

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let host = request.head.authority ?? ""
        guard hosts.contains(host) || isOwnAddress(host, context) else {
            throw Views.Problem.badHost(String(host.prefix(100)))
        }
        return try await next(request, context)
    }

    /// A forced listener has every address of the machine; the one that was reached is right.
    private func isOwnAddress(_ host: String, _ context: ControlContext) -> Bool {
        guard let own = context.channel.localAddress?.ipAddress else { return false }
        return KnownHosts.name(in: host) == own
    }
}
