import Addressing
import CLinux
import Forwarding
import Wire

/// What is said in front of datagrams of whose they are: to targets, and by front proxies.
extension RelayLoop {
    /// Writes the header for a flow's target.
    ///
    /// It stays where it is until the next one is written, which a flow's datagrams can share.
    func header(of index: Int32) -> DatagramHead {
        let flow = datagrams.flows[index]
        let format: ProxyFormat = flow.proxy == .simple ? .simple : .v2Datagram
        let length = write(format, from: flow.key.source, to: flow.key.asked)
        // SAFETY: the scratch lives as long as the loop.
        return unsafe DatagramHead(bytes: scratch.address(of: 0), length: length)
    }

    /// Passes on what trusted front proxies sent, without their headers.
    func takeStated(_ count: Int, at listener: Int32) {
        let service = datagrams.listeners[listener].service
        for place in 0..<count {
            let datagram = datagrams.inward[place]
            let whole = DatagramStretch(
                place: place, length: Int(datagram.length), segment: datagram.segment)
            guard services[service].trusted.contains(datagram.peer) else {
                services[service].counters.denied &+= UInt64(whole.datagrams)
                continue
            }
            for piece in whole.pieces { takeStated(piece, datagram, at: listener) }
        }
    }

    private func takeStated(
        _ piece: DatagramStretch, _ datagram: clinux_datagram, at listener: Int32
    ) {
        guard case .complete(let header, let length) = readHeader(piece) else {
            services[datagrams.listeners[listener].service].counters.denied &+= 1
            return
        }
        var key = DatagramKey(datagram, at: datagrams.listeners[listener].place)
        if case .proxied(.datagram, let source, _) = header.origin {
            key.stated = clinux_endpoint(source.address, source.port)
        }
        guard let flow = flow(for: key, at: listener, datagram.scope) else { return }
        put(piece.dropping(length), flow)
        sendPut(flow)
    }

    /// Version 2 or the simple one: both begin with bytes that the other cannot.
    private func readHeader(_ piece: DatagramStretch) -> ProxyHeaderReading {
        let bytes = unsafe datagrams.inward.bytes(of: piece.place) + piece.start
        // SAFETY: the kernel has written these bytes, and they stay until the next receipt.
        let span = unsafe Span(_unsafeStart: bytes, count: piece.length)
        let simple = SimpleProxyHeader.read(span)
        guard case .invalid = simple else { return simple }
        return ProxyHeader.read(span, accepting: .v2)
    }
}
