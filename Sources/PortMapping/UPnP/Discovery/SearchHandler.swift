import Addressing
import NIOCore
import Wire

/// Hears searches at one socket of a network, and has them answered.
final class SearchHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let presence: SearchDesk
    private let isUnicast: Bool

    init(_ presence: SearchDesk, isUnicast: Bool) {
        (self.presence, self.isUnicast) = (presence, isUnicast)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard envelope.data.readableBytes <= MessageHead.longest,
            let search = SSDPSearch(
                Array(envelope.data.readableBytesView), isUnicast: isUnicast)
        else { return }
        presence.answer(search, to: envelope.remoteAddress)
    }

    /// A datagram that could not be delivered says nothing about the next.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
