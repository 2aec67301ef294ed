import CLinux
import Forwarding

/// Datagrams of clients, on the way to a target.
extension RelayLoop {
    /// Batches of one socket in a turn, so that a flood of one does not hold up the others.
    static let batchesPerTurn = 4

    /// The poller has something to say of a listener.
    ///
    /// It says it again while something is left.
    func datagramsCame(at index: Int32) {
        for _ in 0..<Self.batchesPerTurn {
            guard datagramListenerSlots.isTaken(index) else { return }
            let descriptor = datagrams.listeners[index].descriptor
            let count = datagrams.inward.receive(from: descriptor)
            guard count > 0 else { return }
            if services[datagrams.listeners[index].service].trusted.count > 0 {
                takeStated(count, at: index)
            } else {
                take(count, at: index)
            }
            guard count == DatagramBatch.capacity else { return }
        }
    }

    /// Passes on what came, those of one sender in a row together.
    private func take(_ count: Int, at listener: Int32) {
        var first = 0
        while first < count {
            let sender = datagrams.inward[first]
            var end = first + 1
            while end < count, sender.comesLike(datagrams.inward[end]) { end += 1 }
            let key = DatagramKey(sender, at: datagrams.listeners[listener].place)
            if let flow = flow(for: key, at: listener, sender.scope) { pass(first..<end, by: flow) }
            first = end
        }
    }

    private func pass(_ places: Range<Int>, by flow: Int32) {
        for place in places {
            let datagram = datagrams.inward[place]
            put(
                DatagramStretch(
                    place: place, length: Int(datagram.length), segment: datagram.segment), flow)
        }
        sendPut(flow)
    }

    /// The flow that a datagram belongs to; nil when it is to have none.
    func flow(for key: DatagramKey, at listener: Int32, _ scope: UInt32) -> Int32? {
        let hash = key.hash(seed: datagrams.seed)
        let found = datagrams.index.find(hash) { datagrams.flows[$0].key.isSame(as: key) }
        guard let found else { return beginDatagrams(key, hash, at: listener, scope) }
        if datagrams.flows[found].listener != listener { move(found, to: listener) }
        return found
    }

    /// Puts a stretch among what is sent to the target next, with the header that it needs.
    func put(_ stretch: DatagramStretch, _ index: Int32) {
        let count = UInt64(stretch.datagrams)
        let service = datagrams.flows[index].service
        guard mayPass(stretch, index, inward: true) else { return }
        datagrams.flows[index].inbound.count(stretch)
        services[service].counters.inboundPackets &+= count
        services[service].counters.inboundBytes &+= UInt64(stretch.length)
        let isWhole = stretch.segment == 0 || datagrams.flows[index].joinsInbound
        guard !isWhole || datagrams.flows[index].needsHeader else {
            return putWhole(stretch, index)
        }
        for piece in stretch.pieces { putPiece(piece, index) }
    }

    private func putWhole(_ stretch: DatagramStretch, _ index: Int32) {
        if datagrams.flows[index].joinsInbound, datagrams.inward.join(stretch) { return }
        if datagrams.inward.isFull { sendPut(index) }
        datagrams.inward.add(stretch, owner: index)
    }

    private func putPiece(_ piece: DatagramStretch, _ index: Int32) {
        if datagrams.inward.isFull { sendPut(index) }
        guard datagrams.flows[index].needsHeader else {
            return datagrams.inward.add(piece, owner: index)
        }
        datagrams.inward.add(piece, head: header(of: index), owner: index)
        datagrams.flows[index].isIntroduced = true
    }

    /// Sends what was put together for the target of a flow.
    func sendPut(_ index: Int32) {
        let sending = datagrams.inward.send(by: datagrams.flows[index].descriptor)
        note(sending)
        if sending.unjoinable >= 0 { datagrams.flows[index].joinsInbound = false }
        datagrams.flows[index].awaitsAnswer = true
        refresh(index)
        guard sending.wasRefused || sending.lost > 0 && !datagrams.flows[index].isAnswered else {
            return
        }
        // The target has not seen the header, or will not know it any more.
        datagrams.flows[index].isIntroduced = false
    }

    func note(_ sending: DatagramSending) { losses.dropped &+= sending.lost }
}

extension clinux_datagram {
    /// Whether another comes from the same sender, for the same address.
    @inline(__always)
    fileprivate func comesLike(_ other: clinux_datagram) -> Bool {
        peer.isSame(as: other.peer) && asked.isSame(as: other.asked) && scope == other.scope
    }
}

extension DatagramKey {
    /// - Parameter place: where it came in, possibly every address.
    init(_ datagram: clinux_datagram, at place: clinux_endpoint) {
        var asked = place
        if !datagram.asked.isNone {
            (asked.high, asked.low) = (datagram.asked.high, datagram.asked.low)
        }
        self.init(peer: datagram.peer, asked: asked)
    }
}

extension DatagramFlow {
    /// Whether the next datagram for the target has a header.
    var needsHeader: Bool {
        switch proxy {
        case nil: false
        case .v2First: !isIntroduced
        case .v2Each, .simple: true
        }
    }
}

extension DatagramFlow.Passed {
    mutating func count(_ stretch: DatagramStretch) {
        packets &+= UInt64(stretch.datagrams)
        bytes &+= UInt64(stretch.length)
    }
}
