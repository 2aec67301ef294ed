import CLinux
import Forwarding

/// Where datagrams come in.
///
/// Theory of operation. Flows need their listener until they end: what clients send comes in there, and
/// answers leave there. So one that is to be closed is retired first, takes no new flows, and goes with
/// its last flow; or it is relieved by a new one at the same place.
extension RelayLoop {
    func listenForDatagrams(_ service: Int32, _ descriptor: Int32, _ listener: ListenerID) {
        var place = clinux_endpoint()
        // SAFETY: an endpoint is written into a variable that outlives the call.
        guard unsafe clinux_own_end(descriptor, &place) >= 0,
            let slot = datagramListenerSlots.take()
        else {
            _ = clinux_close(descriptor)
            return
        }
        datagrams.listeners[slot.index] = DatagramListener(
            descriptor: descriptor, service: service, place: place)
        datagramListenerPlaces[listener] = slot.index
        listening += 1
        _ = clinux_epoll_add(
            poller, descriptor, Readiness.readable,
            LoopEvent(.datagramListener, index: slot.index).packed)
        relieve(by: slot.index)
    }

    /// Takes over the flows of those that were retired at the same place.
    private func relieve(by listener: Int32) {
        let place = datagrams.listeners[listener].place
        for index in 0..<datagramListenerSlots.reached
        where datagramListenerSlots.isTaken(index) && datagrams.listeners[index].isRetired
            && datagrams.listeners[index].place.isSame(as: place)
        {
            // What has come in until now is not lost.
            datagramsCame(at: index)
            moveFlows(from: index, to: listener)
        }
    }

    private func moveFlows(from old: Int32, to listener: Int32) {
        for index in 0..<datagramSlots.reached
        where datagramSlots.isTaken(index) && datagrams.flows[index].listener == old {
            move(index, to: listener)
        }
    }

    /// Has the answers of a flow leave by another listener.
    func move(_ flow: Int32, to listener: Int32) {
        let old = datagrams.flows[flow].listener
        datagrams.flows[flow].listener = listener
        datagrams.listeners[listener].live += 1
        depart(from: old)
    }

    /// A flow has left a listener.
    func depart(from listener: Int32) {
        datagrams.listeners[listener].live -= 1
        let isLeft = datagrams.listeners[listener].live == 0
        if isLeft, datagrams.listeners[listener].isRetired { closeDatagramListener(listener) }
    }

    /// - Parameter isMoved: whether another loop has the place from now on. The kernel would go on to spread
    ///   clients over the sockets of both, so this one cannot wait for its flows; what their clients send
    ///   next begins anew.
    func deafenDatagrams(_ listener: ListenerID, _ isMoved: Bool) {
        guard let index = datagramListenerPlaces.removeValue(forKey: listener) else { return }
        datagrams.listeners[index].isRetired = true
        if datagrams.listeners[index].live == 0 { return closeDatagramListener(index) }
        guard isMoved else { return }
        for flow in 0..<datagramSlots.reached
        where datagramSlots.isTaken(flow) && datagrams.flows[flow].listener == index {
            endDatagrams(datagramSlots.id(at: flow), EndReason(.killed, .data))
        }
    }

    func closeDatagramListener(_ index: Int32) {
        if answers.listener == index {
            sendAnswers()
            answers.listener = -1
        }
        // Another process may have the socket as well: closing ours would leave it in the poller.
        _ = clinux_epoll_remove(poller, datagrams.listeners[index].descriptor)
        _ = clinux_close(datagrams.listeners[index].descriptor)
        listening -= 1
        datagramListenerSlots.release(index)
    }

    func facts(ofDatagrams id: FlowID) -> FlowFacts {
        let flow = datagrams.flows[id.index]
        var (target, seen) = (clinux_endpoint(), clinux_endpoint())
        // SAFETY: as above.
        _ = unsafe clinux_peer_end(flow.descriptor, &target)
        _ = unsafe clinux_own_end(flow.descriptor, &seen)
        return FlowFacts(
            id: id, service: flow.service, isStream: false, phase: .flowing,
            source: flow.key.source, peer: flow.key.peer, external: flow.key.asked, target: target,
            seenSource: seen, group: 0, place: flow.place, halfOpen: !flow.isAnswered,
            started: flow.started, inbound: flow.inbound.bytes, outbound: flow.outbound.bytes)
    }
}
