import NIOCore
import Wire

/// That more of a head has come, which is not whole yet.
struct RequestProgress: Sendable {}

/// Looks at the bytes of a request before they are taken apart: how many they are, and whether the head
/// is one that all readers understand alike.
///
/// The head is held back until it is whole, so that nothing is done for half of one.
final class RequestGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limits: UPnPLimits
    private var head: [UInt8]? = []
    private var length = 0
    private var hasFailed = false

    /// Chunks of one byte each take six on the wire.
    private var most: Int { limits.head + 8 * limits.body }

    init(_ limits: UPnPLimits) { self.limits = limits }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        let buffer = unwrapInboundIn(data)
        length += buffer.readableBytes
        guard length <= most else { return fail(.tooLarge, context) }
        guard var bytes = head else { return context.fireChannelRead(data) }
        bytes += Array(buffer.readableBytesView)
        guard let end = Self.end(of: bytes) else {
            guard bytes.count <= limits.head else { return fail(.headTooLarge, context) }
            head = bytes
            return context.fireUserInboundEventTriggered(RequestProgress())
        }
        guard end <= limits.head else { return fail(.headTooLarge, context) }
        if let refusal = Self.refusal(bytes[..<end]) { return fail(refusal, context) }
        head = nil
        context.fireChannelRead(wrapInboundOut(context.channel.allocator.buffer(bytes: bytes)))
    }

    private func fail(_ refusal: WebRefusal, _ context: ChannelHandlerContext) {
        hasFailed = true
        context.fireErrorCaught(refusal)
    }

    /// Behind the empty line; nil while it has not come.
    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for place in 3..<bytes.count
        where bytes[place] == 10 && bytes[place - 1] == 13 && bytes[place - 2] == 10
            && bytes[place - 3] == 13
        {
            return place + 1
        }
        return nil
    }

    /// Lines that go on in the next one, that end otherwise than with CRLF, and lengths that contradict
    /// each other are read in more than one way (RFC 9112 sections 5.2, 6.3).
    private static func refusal(_ head: ArraySlice<UInt8>) -> WebRefusal? {
        var previous: UInt8 = 0
        for byte in head {
            if byte == 0 || (byte == 10) != (previous == 13) && (byte == 10 || previous == 13) {
                return .badRequest
            }
            if previous == 10, byte == 32 || byte == 9 { return .badRequest }
            previous = byte
        }
        let text = String(decoding: head, as: UTF8.self).lowercased()
        if text.hasPrefix("m-post ") { return .notAllowed("POST") }
        let lines = text.utf8.split(separator: 10).map { Substring($0) }
        let lengths = lines.filter { $0.hasPrefix("content-length:") }
        let codings = lines.filter { $0.hasPrefix("transfer-encoding:") }
        guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else {
            return .badRequest
        }
        return nil
    }
}
