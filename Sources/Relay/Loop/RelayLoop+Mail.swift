import CLinux
import Forwarding
import LinuxKit

/// Doing what the engine says.
extension RelayLoop {
    func readMail() {
        mailbox.bell.silence()
        for order in mailbox.drain() { carryOut(order) }
    }

    private func carryOut(_ order: LoopOrder) {
        switch order {
        case .serve(let service, let plan): serve(service, plan)
        case .listen(let service, let descriptor, let port, let listener):
            listen(service, descriptor, port, listener)
        case .listenForDatagrams(let service, let descriptor, let listener):
            listenForDatagrams(service, descriptor, listener)
        case .assign(let listener, let service): assign(listener, service)
        case .deafen(let listener, let isMoved):
            deafen(listener, isMoved)
            deafenDatagrams(listener, isMoved)
        case .forget(let service): forget(service)
        case .end(let ids, let reason):
            for id in ids where slots.holds(id) {
                end(id, EndReason(reason.cause, flows[id.index].endPhase), abruptly: true)
            }
        case .endDatagrams(let flows, let reason):
            for id in flows where datagramSlots.holds(id) { endDatagrams(id, reason) }
        case .setDown(let health): adopt(health)
        case .surrender(let box): box.fill(surrender())
        case .drain(let box):
            drained = box
            tellWhenDrained()
        case .endOne(let shape, let id, let box): box.fill(endOne(shape, id))
        case .report(let wish, let box): box.fill(report(wish))
        case .stop(let box):
            isStopping = true
            box.fill(true)
        }
    }

    private func endOne(_ shape: FlowNumber.Shape, _ id: FlowID) -> Bool {
        switch shape {
        case .stream:
            guard slots.holds(id) else { return false }
            end(id, EndReason(.killed, flows[id.index].endPhase), abruptly: true)
            return true
        case .datagram:
            guard datagramSlots.holds(id) else { return false }
            endDatagrams(id, EndReason(.killed, .data))
            return true
        }
    }

    private func serve(_ index: Int32, _ plan: ServicePlan) {
        let before = services[index]
        var service = Service(plan, number: before.plan &+ 1)
        // Flows of a forward that was gone for a moment are still counted here.
        service.live = before.live
        if before.forward == plan.forward.number {
            service.counters = before.counters
            service.pace = before.pace
            service.upward = before.upward
            service.downward = before.downward
            // The same number said again is that of the same moment.
            let isSameBudget =
                plan.terms.used == before.terms.used
                && plan.terms.limits.monthly == before.terms.limits.monthly
            service.passedBefore =
                isSameBudget ? before.passedBefore : before.counters.bytes
        }
        if before.forward != 0 { before.free() }
        services[index] = service
        serviceReach = max(serviceReach, index + 1)
        nameTables[index] = plan.names.isEmpty ? nil : NameTable(plan.names)
        if before.forward == plan.forward.number, before.live > 0 { redirect(index) }
    }

    /// Connections that are being made go where the plan says now.
    private func redirect(_ service: Int32) {
        for index in 0..<slots.reached where slots.isTaken(index) {
            guard flows[index].service == service, flows[index].phase == .connecting else {
                continue
            }
            giveUpAttempts(slots.id(at: index))
        }
    }

    private func listen(
        _ service: Int32, _ descriptor: Int32, _ port: UInt16, _ listener: ListenerID
    ) {
        guard let slot = listenerSlots.take() else {
            _ = clinux_close(descriptor)
            return
        }
        listeners[slot.index] = StreamListener(
            descriptor: descriptor, service: service, port: port)
        listenerPlaces[listener] = slot.index
        listening += 1
        _ = clinux_epoll_add(
            poller, descriptor, Readiness.readable,
            LoopEvent(.streamListener, index: slot.index).packed)
    }

    private func assign(_ listener: ListenerID, _ service: Int32) {
        if let index = listenerPlaces[listener] { listeners[index].service = service }
        if let index = datagramListenerPlaces[listener] {
            datagrams.listeners[index].service = service
        }
    }

    private func deafen(_ listener: ListenerID, _ isMoved: Bool) {
        guard let index = listenerPlaces.removeValue(forKey: listener) else { return }
        if isMoved, listeners[index].restsUntil == 0 {
            listeners[index].expected = .max
            accept(at: index)
        }
        // Another process may have the socket as well: closing ours would leave it in the poller.
        _ = clinux_epoll_remove(poller, listeners[index].descriptor)
        _ = clinux_close(listeners[index].descriptor)
        listening -= 1
        listenerSlots.release(index)
    }

    private func forget(_ index: Int32) {
        guard services[index].forward != 0 else { return }
        services[index].free()
        let (plan, live) = (services[index].plan, services[index].live)
        services[index] = Service.vacant
        services[index].plan = plan &+ 1
        services[index].live = live
        nameTables[index] = nil
    }

    private func adopt(_ health: TargetHealth) {
        let index = Int32(health.forward.number)
        guard services[index].forward != 0, health.group < services[index].groups.count,
            health.place < services[index].groups[health.group].places.count,
            services[index].groups[health.group].places[health.place].stands(for: health.target)
        else { return }
        services[index].groups[health.group].places[health.place].isDown = health.isDown
    }
}
