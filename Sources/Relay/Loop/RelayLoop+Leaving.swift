import CLinux

/// Going away without cutting anybody off.
extension RelayLoop {
    /// Takes the listening sockets out of the poller; whoever gets the descriptors closes them.
    func surrender() -> [Int32] {
        var sockets: [Int32] = []
        for index in 0..<listenerSlots.reached where listenerSlots.isTaken(index) {
            _ = clinux_epoll_remove(poller, listeners[index].descriptor)
            sockets.append(listeners[index].descriptor)
            listenerSlots.release(index)
            listening -= 1
        }
        listenerPlaces = [:]
        restingCount = 0
        return sockets + surrenderDatagrams()
    }

    /// Answers leave by the sockets to which clients wrote, so they stay open here as well.
    private func surrenderDatagrams() -> [Int32] {
        var sockets: [Int32] = []
        for index in 0..<datagramListenerSlots.reached where datagramListenerSlots.isTaken(index) {
            let descriptor = datagrams.listeners[index].descriptor
            _ = clinux_epoll_remove(poller, descriptor)
            let copy = clinux_duplicate(descriptor)
            if copy >= 0 { sockets.append(copy) }
            // Ours goes with its last flow.
            datagrams.listeners[index].isRetired = true
            if datagrams.listeners[index].live == 0 { closeDatagramListener(index) }
        }
        return sockets
    }

    /// Datagram flows are not waited for: what the client sends next reaches the new process.
    func tellWhenDrained() {
        guard let box = drained, slots.count == 0 else { return }
        drained = nil
        box.fill(true)
    }
}
