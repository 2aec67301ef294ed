import Netlink

/// What those want to know of an interface who know nothing of netlink.
extension InterfaceReading {
    package var hasSignal: Bool { state.isUp && state.hasCarrier }
    package var received: (bytes: UInt64, packets: UInt64) {
        (counters.receivedBytes, counters.receivedPackets)
    }
    package var sent: (bytes: UInt64, packets: UInt64) {
        (counters.sentBytes, counters.sentPackets)
    }
}
