import CLinux
import Forwarding
import LinuxKit

/// Reaching a target.
extension RelayLoop {
    /// Milliseconds until the other address family is tried as well.
    ///
    /// RFC 8305 section 5 has 250 as a good
    /// value and 100 as the least; the wheel adds up to 50.
    static let familyDelay: UInt64 = 200

    /// Chooses a target for a flow whose group is known, and begins to connect.
    func connectFirst(_ id: FlowID) {
        flows[id.index].phase = .connecting
        flows[id.index].phaseBegan = now
        flows[id.index].plan = services[flows[id.index].service].plan
        guard chooseTarget(id) else {
            return end(id, EndReason(.down, .connecting), abruptly: true)
        }
        connect(id)
    }

    /// Connects to the chosen target, or to the next ones while the kernel refuses at once.
    private func connect(_ id: FlowID) {
        while true {
            let descriptor = attempt(id, atV4: flows[id.index].triesV4)
            guard descriptor < 0 else {
                flows[id.index].target = StreamFlow.Side()
                flows[id.index].targetEnd = .target
                flows[id.index].target.isLocal = isUnix(flows[id.index])
                flows[id.index].target.descriptor = descriptor
                return watch(id, descriptor, .target)
            }
            guard !isShortage(descriptor) else {
                return end(id, EndReason(.resource, .connecting), abruptly: true)
            }
            guard chooseAnother(id) else {
                return end(id, EndReason(.server, .connecting), abruptly: true)
            }
        }
    }

    private func attempt(_ id: FlowID, atV4: Bool) -> Int32 {
        let flow = flows[id.index]
        let place = services[flow.service].groups[Int(flow.group)].places[Int(flow.place)]
        // SAFETY: the path belongs to the plan, and the endpoints outlive the calls.
        guard !place.isUnix else { return unsafe clinux_connect_unix(place.path.address) }
        var target = atV4 ? place.v4 : place.v6
        target.port = place.firstPort &+ (flow.externalPort &- services[flow.service].firstPort)
        guard services[flow.service].shows(flow.source), flow.source.isV4 == atV4 else {
            return unsafe clinux_connect_stream(&target, nil)
        }
        var source = flow.source
        return unsafe clinux_connect_stream(&target, &source)
    }

    private func isUnix(_ flow: StreamFlow) -> Bool {
        services[flow.service].groups[Int(flow.group)].places[Int(flow.place)].isUnix
    }

    private func watch(_ id: FlowID, _ descriptor: Int32, _ end: LoopEvent.End) {
        descriptors += 1
        let added = clinux_epoll_add(
            poller, descriptor, Readiness.everything, LoopEvent(.stream, end, id).packed)
        guard added >= 0 else {
            return self.end(id, EndReason(.resource, .connecting), abruptly: true)
        }
        watchDeadline(id)
    }

    /// Starts the attempt by the other family beside the one that has not been answered.
    func startRival(_ id: FlowID) {
        flows[id.index].hadRival = true
        let descriptor = attempt(id, atV4: !flows[id.index].triesV4)
        guard descriptor >= 0 else { return }
        flows[id.index].rival = descriptor
        watch(id, descriptor, .rival)
    }

    /// An attempt has been answered, one way or the other.
    func attemptIsReady(_ id: FlowID, _ end: LoopEvent.End, _ readiness: UInt32) {
        let isRival = end == .rival
        let descriptor = isRival ? flows[id.index].rival : flows[id.index].target.descriptor
        guard descriptor >= 0 else { return }
        let failed = readiness & (Readiness.error | Readiness.hangUp) != 0
        // A target that was reached may have said something and broken off before we looked.
        guard !failed || hasWords(descriptor) else { return attemptFailed(id, isRival) }
        guard readiness & Readiness.writable != 0 else { return }
        settle(id, on: descriptor, isRival, readiness)
    }

    /// Nobody has answered in time: on to the next target, if there is one.
    func giveUpAttempts(_ id: FlowID) {
        let flow = flows[id.index]
        if flow.target.descriptor >= 0 { close(flow.target.descriptor) }
        if flow.rival >= 0 { close(flow.rival) }
        flows[id.index].target.descriptor = -1
        flows[id.index].rival = -1
        flows[id.index].hadRival = true
        guard flow.plan == services[flow.service].plan else { return beginAgain(id) }
        guard chooseAnother(id) else {
            return end(id, EndReason(.serverTimeout, .connecting), abruptly: true)
        }
        connect(id)
    }

    private func hasWords(_ descriptor: Int32) -> Bool {
        // SAFETY: the scratch has room for a byte and serves this call alone.
        unsafe clinux_peek(descriptor, scratch.address(of: 0), 1) > 0
    }

    private func attemptFailed(_ id: FlowID, _ isRival: Bool) {
        let flow = flows[id.index]
        close(isRival ? flow.rival : flow.target.descriptor)
        if isRival { flows[id.index].rival = -1 } else { flows[id.index].target.descriptor = -1 }
        if isRival ? flow.target.descriptor >= 0 : flow.rival >= 0 { return }
        guard chooseAnother(id) else {
            return end(id, EndReason(.server, .connecting), abruptly: true)
        }
        connect(id)
    }

    /// The target is reached: everything else that was tried is given up.
    private func settle(_ id: FlowID, on descriptor: Int32, _ isRival: Bool, _ readiness: UInt32) {
        let loser = isRival ? flows[id.index].target.descriptor : flows[id.index].rival
        if loser >= 0 { close(loser) }
        flows[id.index].rival = -1
        guard flows[id.index].plan == services[flows[id.index].service].plan else {
            close(descriptor)
            flows[id.index].target.descriptor = -1
            return beginAgain(id)
        }
        flows[id.index].target.descriptor = descriptor
        flows[id.index].targetEnd = isRival ? .rival : .target
        flows[id.index].target.isWritable = true
        note(readiness, in: &flows[id.index].target)
        flows[id.index].phase = .flowing
        flows[id.index].phaseBegan = now
        guard introduce(id) else { return end(id, EndReason(.server, .connecting), abruptly: true) }
        watchDeadline(id)
        advance(id)
    }

    /// Connects by the plan that holds now; the flow began to by another.
    private func beginAgain(_ id: FlowID) {
        flows[id.index].group = 0
        flows[id.index].attempts = 0
        flows[id.index].place = -1
        guard services[flows[id.index].service].routes else { return connectFirst(id) }
        // The hello is in the socket still.
        flows[id.index].phase = .greeting
        flows[id.index].phaseBegan = now
        greet(id)
    }

    func isShortage(_ result: Int32) -> Bool {
        switch result {
        case -ErrorNumber.tooManyFiles, -ErrorNumber.fileTableFull, -ErrorNumber.noMemory,
            -ErrorNumber.noBuffers:
            true
        default: false
        }
    }

    func close(_ descriptor: Int32) {
        _ = clinux_close(descriptor)
        descriptors -= 1
    }
}
