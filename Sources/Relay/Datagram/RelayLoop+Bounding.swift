import CLinux
import Forwarding

/// Datagrams beyond a bound are dropped: nothing holds back who sends them.
extension RelayLoop {
    /// Whether a stretch may pass by the month's bytes and the bandwidths; what may not is counted.
    func mayPass(_ stretch: DatagramStretch, _ index: Int32, inward: Bool) -> Bool {
        let service = datagrams.flows[index].service
        let isThrottled = services[service].isThrottled
        guard isThrottled || services[service].terms.limits.monthly != nil else { return true }
        guard !services[service].isUsedUp,
            !isThrottled || takeBandwidth(stretch.length, service, index, inward)
        else {
            services[service].counters.limited &+= UInt64(stretch.datagrams)
            return false
        }
        return true
    }

    private func takeBandwidth(
        _ length: Int, _ service: Int32, _ index: Int32, _ inward: Bool
    ) -> Bool {
        let all = services[service].terms.limits.bandwidth ?? 0
        let own = services[service].terms.flowBandwidth
        guard inward else {
            guard services[service].downward.available(at: now, rate: all) >= length,
                datagrams.flows[index].downward.available(at: now, rate: own) >= length
            else { return false }
            services[service].downward.take(length)
            datagrams.flows[index].downward.take(length)
            return true
        }
        guard services[service].upward.available(at: now, rate: all) >= length,
            datagrams.flows[index].upward.available(at: now, rate: own) >= length
        else { return false }
        services[service].upward.take(length)
        datagrams.flows[index].upward.take(length)
        return true
    }
}
