import Addressing
import Forwarding
import LinuxKit
import NIOCore
import Synchronization

/// Answers what comes to one socket.
///
/// Theory of operation. Datagrams come in heaps (one read takes 64 of them). What has come is put before
/// the desk in one call, which costs the kernel and the disk one change; what comes meanwhile is the next
/// heap. So the answers to one device leave in the order in which it asked, and a desk that is slow makes
/// the heaps larger, not the memory.
final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// More wait in vain: clients ask again.
    static let mostWaiting = 1024

    private struct Arrival {
        var bytes: [UInt8]
        var source: Endpoint
        var address: SocketAddress
    }

    private let site: PortSite
    private var waiting: [Arrival] = []
    private var isAsking = false
    private var random = SystemRandomNumberGenerator()

    init(_ site: PortSite) { self.site = site }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        // Port 0 cannot be answered, and an attempt would cost the socket.
        guard let source = Endpoint(envelope.remoteAddress), source.port != 0,
            site.hears(source.address), waiting.count < Self.mostWaiting
        else { return }
        waiting.append(
            Arrival(
                bytes: [UInt8](envelope.data.readableBytesView), source: source,
                address: envelope.remoteAddress))
    }

    func channelReadComplete(context: ChannelHandlerContext) { answerNext(context) }

    /// A socket that cannot be read is closed, and opened again by the server.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    private func answerNext(_ context: ChannelHandlerContext) {
        guard !isAsking, !waiting.isEmpty else { return }
        let heap = waiting
        waiting = []
        let outside = site.clock.outside()
        let receptions = heap.map { arrival in
            let caller = PortCaller(source: arrival.source, interface: site.interface)
            return site.control.reception(
                arrival.bytes, from: caller, outside, seed: random.next())
        }
        let asks = receptions.compactMap(\.ask)
        guard !asks.isEmpty else { return send(receptions, heap, [], context) }
        isAsking = true
        let desk = site.desk
        context.eventLoop.makeFutureWithTask { await desk.answer(asks) }
            .assumeIsolated().whenSuccess { answers in
                self.isAsking = false
                self.send(receptions, heap, answers, context)
                self.answerNext(context)
            }
    }

    private func send(
        _ receptions: [PortReception], _ heap: [Arrival], _ answers: [LeaseAnswer],
        _ context: ChannelHandlerContext
    ) {
        let epoch = site.clock.outside().epoch
        var rest = answers[...]
        for (reception, arrival) in zip(receptions, heap) {
            switch reception {
            case .silence: continue
            case .answer(let bytes): write(bytes, to: arrival.address, context)
            case .question(_, let reply):
                guard let answer = rest.popFirst() else { continue }
                write(reply.bytes(for: answer, epoch: epoch), to: arrival.address, context)
            }
        }
        context.flush()
    }

    private func write(
        _ bytes: [UInt8], to address: SocketAddress, _ context: ChannelHandlerContext
    ) {
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        let envelope = AddressedEnvelope(remoteAddress: address, data: buffer)
        context.write(wrapOutboundOut(envelope), promise: nil)
    }
}

/// Where a socket is, and all that is needed to answer there.
final class PortSite: Sendable {
    let interface: InterfaceName
    let address: IPAddress
    let control: PortControl
    let desk: any LeaseDesk
    let clock: OutsideClock
    private let gate: RequestGate
    private let lan: Mutex<LAN>

    init(
        _ lan: LAN, _ address: IPAddress, _ control: PortControl, _ desk: any LeaseDesk,
        _ clock: OutsideClock, _ gate: RequestGate
    ) {
        interface = lan.interface
        self.address = address
        self.control = control
        self.desk = desk
        self.clock = clock
        self.gate = gate
        self.lan = Mutex(lan)
    }

    func follow(_ lan: LAN) { self.lan.withLock { $0 = lan } }

    /// Whether it is a device of the network here.
    func holds(_ source: IPAddress) -> Bool { lan.withLock { $0.holds(source) } }

    /// Whether a datagram of it is read at all.
    func hears(_ source: IPAddress) -> Bool {
        holds(source) && gate.admits(source, at: .now)
    }
}

extension Endpoint {
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let v4): self.init(v4.address)
        case .v6(let v6): self.init(v6.address)
        case .unixDomainSocket: return nil
        }
    }
}
