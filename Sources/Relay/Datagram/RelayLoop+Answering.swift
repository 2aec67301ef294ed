import CLinux
import LinuxKit

/// Datagrams of targets, on the way to clients.
///
/// Answers of all flows that the poller names in one turn are gathered, and sent together by the
/// listener to which the clients had written.
extension RelayLoop {
    /// A batch of so many shows a flow that is worth larger buffers.
    private static let large = 32

    /// The poller has something to say of a flow's socket.
    ///
    /// It says it again while something is left.
    func targetAnswered(_ id: FlowID) {
        for _ in 0..<Self.batchesPerTurn {
            guard datagramSlots.holds(id) else { return }
            let flow = datagrams.flows[id.index]
            if answers.listener != flow.listener || answers.received == DatagramBatch.capacity {
                sendAnswers()
                answers.listener = flow.listener
            }
            let first = answers.received
            let count = datagrams.outward.receive(from: flow.descriptor, at: first)
            guard count > 0 else { return noteRefusal(Int32(count), of: id.index) }
            answers.received = first + count
            noteAnswer(of: id.index, count)
            for place in first..<first + count { putAnswer(place, id.index) }
            guard answers.received == DatagramBatch.capacity else { return }
        }
    }

    /// What ICMP has said of the target is read and gone; the flow goes on.
    private func noteRefusal(_ result: Int32, of index: Int32) {
        guard result != -ErrorNumber.tryAgain else { return }
        datagrams.flows[index].isIntroduced = false
    }

    private func noteAnswer(of index: Int32, _ count: Int) {
        datagrams.flows[index].awaitsAnswer = false
        refresh(index)
        if !datagrams.flows[index].isAnswered { becomeAnswered(index) }
        guard count >= Self.large, !datagrams.flows[index].isEnlarged else { return }
        datagrams.flows[index].isEnlarged = true
        clinux_datagram_enlarge(datagrams.flows[index].descriptor)
    }

    private func becomeAnswered(_ index: Int32) {
        datagrams.recency.remove(index, from: .unanswered)
        datagrams.flows[index].isAnswered = true
        datagrams.recency.append(index, to: .answered)
        // Silence may be bounded more tightly from here on.
        watchSilence(of: index)
    }

    private func putAnswer(_ place: Int, _ index: Int32) {
        let datagram = datagrams.outward[place]
        let stretch = DatagramStretch(
            place: place, length: Int(datagram.length), segment: datagram.segment)
        let service = datagrams.flows[index].service
        guard mayPass(stretch, index, inward: false) else { return }
        datagrams.flows[index].outbound.count(stretch)
        services[service].counters.outboundPackets &+= UInt64(stretch.datagrams)
        services[service].counters.outboundBytes &+= UInt64(stretch.length)
        guard stretch.segment == 0 || datagrams.flows[index].joinsOutbound else {
            for piece in stretch.pieces { putAnswer(piece, index) }
            return
        }
        putAnswer(stretch, index)
    }

    private func putAnswer(_ stretch: DatagramStretch, _ index: Int32) {
        let flow = datagrams.flows[index]
        if answers.last == index, flow.joinsOutbound, datagrams.outward.join(stretch) { return }
        if datagrams.outward.isFull { flushAnswers() }
        datagrams.outward.add(stretch, owner: index)
        datagrams.outward.address(
            to: flow.key.peer, scope: flow.scope, from: flow.key.asked,
            datagrams.listeners[flow.listener].place.isAnywhere)
        answers.last = index
    }

    /// Sends what has gathered.
    func sendAnswers() {
        flushAnswers()
        answers.received = 0
    }

    /// Sends it, while places of the batch are still in use.
    private func flushAnswers() {
        answers.last = -1
        guard !datagrams.outward.isEmpty else { return }
        let sending = datagrams.outward.send(by: datagrams.listeners[answers.listener].descriptor)
        note(sending)
        guard sending.unjoinable >= 0 else { return }
        datagrams.flows[sending.unjoinable].joinsOutbound = false
    }
}
