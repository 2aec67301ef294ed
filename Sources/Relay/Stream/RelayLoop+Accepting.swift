import CLinux
import Forwarding
import LinuxKit

/// A socket that waits for connections.
struct StreamListener: BitwiseCopyable {
    var descriptor: Int32
    var service: Int32
    /// The external port.
    var port: UInt16
    /// How many connections are likely to wait: so many are asked for before the poller is asked again.
    var expected: UInt8 = 1
    /// Set while it is out of the poller, to the time when it is tried again.
    var restsUntil: UInt64 = 0
}

/// Taking in connections.
extension RelayLoop {
    /// Connections in one go: others have their turn in between.
    private static let mostAtOnce = 64
    /// Milliseconds without accepting after a shortage of the machine (HAProxy takes 100 as well).
    private static let shortageRest: UInt64 = 100
    /// How often a shortage is told.
    private static let shortageInterval: UInt64 = 10_000

    func accept(at index: Int32) {
        guard listenerSlots.isTaken(index), listeners[index].restsUntil == 0 else { return }
        let service = listeners[index].service
        for taken in 0..<Self.mostAtOnce {
            // The queue is level-triggered: what is left in it will be told.
            guard taken < listeners[index].expected else {
                return listeners[index].expected = min(64, listeners[index].expected &* 2)
            }
            // Before the connection is taken out of the kernel's queue: there it may wait.
            guard let wait = waitBeforeNext(of: service) else { return rest(index, until: .max) }
            guard wait == 0 else { return rest(index, until: now + wait) }
            guard descriptors + listening + 2 + pipes.descriptors <= descriptorLimit,
                slots.count < slots.capacity
            else { return suffer(index) }
            var client = clinux_endpoint()
            // SAFETY: the kernel writes one endpoint into a variable that outlives the call.
            let descriptor = unsafe clinux_accept(listeners[index].descriptor, &client)
            switch descriptor {
            case 0...: open(descriptor, from: client, at: listeners[index])
            case -ErrorNumber.tryAgain:
                listeners[index].expected = UInt8(max(1, taken))
                return
            case -ErrorNumber.tooManyFiles, -ErrorNumber.fileTableFull, -ErrorNumber.noBuffers,
                -ErrorNumber.noMemory:
                return suffer(index)
            // The client was gone before it was taken in.
            default: continue
            }
        }
    }

    /// Milliseconds until the service may have another flow; nil for when one of its flows ends.
    func waitBeforeNext(of index: Int32) -> UInt64? {
        let limits = services[index].terms.limits
        if let most = limits.connections, services[index].live >= Int32(clamping: most) {
            return nil
        }
        guard let rate = limits.rate else { return 0 }
        return (services[index].pace.wait(at: now * 1000, PaceRate(rate)) + 999) / 1000
    }

    private func open(
        _ descriptor: Int32, from client: clinux_endpoint, at listener: StreamListener
    ) {
        let service = listener.service
        guard services[service].forward != 0 else {
            _ = clinux_reset(descriptor)
            return
        }
        let isTrusted =
            services[service].trusted.count == 0 || services[service].trusted.contains(client)
        // Who a front proxy speaks for is judged once its header is read.
        let speaksForOthers = services[service].trusted.count > 0
        guard isTrusted, speaksForOthers || services[service].admits(client) else {
            services[service].counters.denied &+= 1
            _ = clinux_reset(descriptor)
            return
        }
        let isBounded = !speaksForOthers && services[service].terms.limits.boundsSources
        guard !services[service].isUsedUp, !isBounded || admit(client, at: service),
            let id = slots.take()
        else {
            services[service].counters.limited &+= 1
            _ = clinux_reset(descriptor)
            return
        }
        if let rate = services[service].terms.limits.rate {
            services[service].pace.take(at: now * 1000, PaceRate(rate))
        }
        descriptors += 1
        begin(id, descriptor, client, listener, isCounted: isBounded)
    }

    private func begin(
        _ id: FlowID, _ descriptor: Int32, _ client: clinux_endpoint, _ listener: StreamListener,
        isCounted: Bool
    ) {
        var flow = StreamFlow()
        flow.client.descriptor = descriptor
        flow.client.isWritable = true
        flow.client.isPrompt = true
        flow.isCounted = isCounted
        flow.source = client
        flow.externalPort = listener.port
        flow.service = listener.service
        flow.plan = services[listener.service].plan
        flow.started = clock.seconds(at: now)
        flow.phaseBegan = now
        flow.lastActive = now
        flows[id.index] = flow
        services[listener.service].live += 1
        services[listener.service].counters.flows &+= 1
        let added = clinux_epoll_add(
            poller, descriptor, Readiness.everything, LoopEvent(.stream, .client, id).packed)
        guard added >= 0 else { return end(id, EndReason(.resource, .greeting)) }
        guard services[listener.service].greets else { return connectFirst(id) }
        watchDeadline(id)
    }

    /// Whether its source may have one flow more; it is counted then.
    func admit(_ source: clinux_endpoint, at service: Int32) -> Bool {
        let limits = services[service].terms.limits
        return sources.admit(
            source, at: service, most: limits.connectionsPerSource,
            limits.ratePerSource.map { PaceRate($0) }, now: now * 1000)
    }

    private func suffer(_ index: Int32) {
        shortages &+= 1
        if shortageNoted == 0 || now - shortageNoted > Self.shortageInterval {
            shortageNoted = now
            mailbox.note(.shortage(loop: number, inUse: descriptors + pipes.descriptors))
        }
        rest(index, until: now + Self.shortageRest)
    }

    /// Takes a listener out of the poller for a time; its connections wait in the kernel's queue.
    private func rest(_ index: Int32, until moment: UInt64) {
        _ = clinux_epoll_change(
            poller, listeners[index].descriptor, 0, LoopEvent(.streamListener, index: index).packed)
        listeners[index].restsUntil = moment
        resting[restingCount] = index
        restingCount += 1
    }

    func wakeListeners() {
        var kept = 0
        for place in 0..<restingCount {
            let index = resting[place]
            guard listenerSlots.isTaken(index), listeners[index].restsUntil > 0 else { continue }
            let isDue =
                listeners[index].restsUntil <= now
                || listeners[index].restsUntil == .max
                    && waitBeforeNext(of: listeners[index].service) != nil
            guard isDue else {
                resting[kept] = index
                kept += 1
                continue
            }
            listeners[index].restsUntil = 0
            _ = clinux_epoll_change(
                poller, listeners[index].descriptor, Readiness.readable,
                LoopEvent(.streamListener, index: index).packed)
        }
        restingCount = kept
    }
}

extension Limits {
    /// Whether each source has bounds of its own.
    var boundsSources: Bool { connectionsPerSource != nil || ratePerSource != nil }
}
