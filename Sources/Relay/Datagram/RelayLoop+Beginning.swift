import CLinux
import Forwarding
import LinuxKit

/// How flows of datagrams begin.
extension RelayLoop {
    /// Takes in a new flow; nil when it may not be, or leads nowhere.
    func beginDatagrams(
        _ key: DatagramKey, _ hash: UInt64, at listener: Int32, _ scope: UInt32
    ) -> Int32? {
        let service = datagrams.listeners[listener].service
        guard services[service].forward != 0, !datagrams.listeners[listener].isRetired else {
            return nil
        }
        guard services[service].admits(key.source) else {
            services[service].counters.denied &+= 1
            return nil
        }
        // A datagram cannot wait as a connection can.
        guard waitBeforeNext(of: service) == 0, !services[service].isUsedUp, makeRoom() else {
            services[service].counters.limited &+= 1
            return nil
        }
        let isCounted = services[service].terms.limits.boundsSources
        guard !isCounted || admit(key.source, at: service) else {
            services[service].counters.limited &+= 1
            return nil
        }
        guard let index = enterNext(key, hash, listener, scope) else {
            if isCounted { sources.leave(key.source, at: service, now: now * 1000) }
            return nil
        }
        datagrams.flows[index].isCounted = isCounted
        return index
    }

    private func enterNext(
        _ key: DatagramKey, _ hash: UInt64, _ listener: Int32, _ scope: UInt32
    ) -> Int32? {
        let service = datagrams.listeners[listener].service
        guard let place = choosePlace(of: service, group: 0, for: key.source) else {
            return loseDatagram()
        }
        let descriptor = reach(service, place, key)
        guard descriptor >= 0 else { return loseDatagram() }
        return enter(key, hash, listener, scope, place, descriptor)
    }

    private func loseDatagram() -> Int32? {
        losses.dropped &+= 1
        return nil
    }

    private func enter(
        _ key: DatagramKey, _ hash: UInt64, _ listener: Int32, _ scope: UInt32, _ place: Int32,
        _ descriptor: Int32
    ) -> Int32? {
        guard let id = datagramSlots.take() else {
            _ = clinux_close(descriptor)
            return loseDatagram()
        }
        let service = datagrams.listeners[listener].service
        datagrams.flows[id.index] = DatagramFlow(
            descriptor: descriptor, listener: listener, key: key, scope: scope, service: service,
            plan: services[service].plan, place: place,
            proxy: services[service].terms.datagramProxy, started: clock.seconds(at: now),
            lastActive: now, listed: now)
        datagrams.index.insert(hash, id.index)
        datagrams.recency.append(id.index, to: .unanswered)
        datagrams.listeners[listener].live += 1
        descriptors += 1
        services[service].live += 1
        services[service].counters.flows &+= 1
        if let rate = services[service].terms.limits.rate {
            services[service].pace.take(at: now * 1000, PaceRate(rate))
        }
        services[service].groups[0].places[Int(place)].live += 1
        watchSilence(of: id.index)
        let added = clinux_epoll_add(
            poller, descriptor, Readiness.readable, LoopEvent(.datagram, .target, id).packed)
        guard added >= 0 else {
            endDatagrams(id, EndReason(.resource, .connecting))
            return nil
        }
        return id.index
    }

    /// A socket that is connected to the target; makes room for it when there is none.
    private func reach(_ service: Int32, _ place: Int32, _ key: DatagramKey) -> Int32 {
        let target = services[service].groups[0].places[Int(place)]
        let first = reach(service, target, key)
        guard isShortage(first) || first == -ErrorNumber.tryAgain, evictIdlest() else {
            return first
        }
        return reach(service, target, key)
    }

    /// By the client's own family where the target has it, or else by the other.
    private func reach(_ service: Int32, _ target: TargetPlace, _ key: DatagramKey) -> Int32 {
        guard !target.isUnix else { return -ErrorNumber.notSupported }
        let atV4 = target.hasV4 && (key.source.isV4 || !target.hasV6)
        let first = attempt(service, target, key, atV4: atV4)
        guard first < 0, target.hasV4, target.hasV6 else { return first }
        return attempt(service, target, key, atV4: !atV4)
    }

    private func attempt(
        _ service: Int32, _ target: TargetPlace, _ key: DatagramKey, atV4: Bool
    ) -> Int32 {
        var address = atV4 ? target.v4 : target.v6
        address.port = target.firstPort &+ (key.asked.port &- services[service].firstPort)
        var source = key.source
        guard services[service].shows(source), source.isV4 == atV4 else {
            // SAFETY: the kernel reads endpoints that outlive the call, here and below.
            return unsafe clinux_connect_datagram(&address, nil)
        }
        return unsafe clinux_connect_datagram(&address, &source)
    }
}
