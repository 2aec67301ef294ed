import Addressing
import CLinux
import Forwarding
import LinuxKit

/// Where the relay listens: what is wanted, what is there, and going from one to the other.
extension RelayEngine {
    typealias Places = [ListenKey: ForwardID]

    /// Sockets that were opened for a change, by loop.
    struct Opened: ~Copyable {
        var places: [Place] = []

        struct Place {
            var key: ListenKey
            var loops: [Int]
            /// At least one for each loop.
            var descriptors: [Int32]
        }

        deinit {
            for place in places {
                for descriptor in place.descriptors { _ = clinux_close(descriptor) }
            }
        }
    }

    /// Every place that the forwards want; refuses the newcomer where two want the same.
    func places(
        of forwards: [ForwardID: ActiveForward], in network: NetworkView
    ) throws(EngineError) -> Places {
        var places: Places = [:]
        let order = forwards.values.sorted {
            (carried[$0.id] == $0 ? 0 : 1, $0.id) < (carried[$1.id] == $1 ? 0 : 1, $1.id)
        }
        for forward in order {
            for key in forward.listenKeys(in: network) {
                guard places.updateValue(forward.id, forKey: key) == nil else {
                    throw .refused(forward.id, code: ErrorNumber.exists, detail: "")
                }
            }
        }
        return places
    }

    /// Opens what is not there yet.
    func open(
        _ wanted: Places, by forwards: [ForwardID: ActiveForward], in network: NetworkView
    ) throws(EngineError) -> Opened {
        var opened = Opened()
        for (key, id) in wanted {
            guard let forward = forwards[id] else { continue }
            let loops = loopNumbers(for: ServicePlan(forward, in: network))
            let present = listening[key]
            guard present?.loops != loops else { continue }
            do throws(BindFailure) {
                let descriptors = try sockets(at: key, for: loops.count, isPresent: present != nil)
                opened.places.append(
                    Opened.Place(key: key, loops: loops, descriptors: descriptors))
            } catch { throw Self.refusal(error, of: id, at: key) }
        }
        return opened
    }

    /// Those of the process before this one, and as many more as there are loops without.
    private func sockets(
        at key: ListenKey, for loops: Int, isPresent: Bool
    ) throws(BindFailure) -> [Int32] {
        let given = inherited.take(key)
        guard given.count < loops else { return given }
        // One of ours with another reach may be in the way until it is closed.
        let joins =
            isPresent || !given.isEmpty
            || held.contains(key.transport, key.address, key.port)
        do throws(BindFailure) {
            let more = try BoundSockets(key, count: loops - given.count, joining: joins)
            return given + more.handOver()
        } catch {
            for descriptor in given { _ = clinux_close(descriptor) }
            throw error
        }
    }

    /// Forwards with bounds are the business of one loop.
    func loopNumbers(for plan: ServicePlan) -> [Int] {
        plan.isBounded ? [Int(plan.forward.number) % loops.count] : Array(loops.indices)
    }

    private static func refusal(
        _ failure: BindFailure, of forward: ForwardID, at key: ListenKey
    ) -> EngineError {
        let place = "\(Endpoint(key.address, key.port))/\(key.transport.name)"
        let problem: RelayRefusal.PlaceProblem? =
            switch failure.code {
            case ErrorNumber.notAllowed, ErrorNumber.notPermitted: .privileged
            case ErrorNumber.addressInUse: .taken
            case ErrorNumber.addressNotAvailable: .notOwn
            case ErrorNumber.tooManyFiles: .noDescriptors
            default: nil
            }
        guard let problem else { return .refused(forward, code: failure.code, detail: place) }
        return .relayRefused(forward, .place(place, problem))
    }

    /// Tells the loops; nothing here can fail.
    func commit(
        _ after: [ForwardID: ActiveForward], _ settings: EngineSettings, _ wanted: Places,
        _ opened: consuming Opened
    ) {
        var mail = [[LoopOrder]](repeating: [], count: loops.count)
        var watched: [(ForwardID, ServicePlan?)] = []
        let hadCheck = Set(plans.lazy.filter { $0.value.check != nil }.map(\.key))
        orderPlans(after, settings.network, &mail, &watched)
        let renewed = Set(opened.places.map(\.key))
        for (key, present) in listening {
            if wanted[key] == nil || renewed.contains(key) {
                for (loop, number) in present.sockets {
                    mail[loop].append(.deafen(number))
                }
                listening[key] = nil
            } else if let forward = wanted[key], forward != present.forward {
                for (loop, number) in present.sockets {
                    mail[loop].append(.assign(number, Int32(forward.number)))
                }
                listening[key]?.forward = forward
            }
        }
        orderSockets(wanted, opened, &mail)
        for id in carried.keys where after[id] == nil {
            for loop in loops.indices { mail[loop].append(.forget(Int32(id.number))) }
            plans[id] = nil
            watched.append((id, nil))
        }
        carried = after
        self.settings = settings
        held.become(Set(listening.keys))
        for (loop, orders) in zip(loops, mail) { loop.post(orders) }
        // Behind the plans, so that what is known of targets falls on the new ones.
        for (forward, plan) in watched where plan?.check != nil || hadCheck.contains(forward) {
            watchHealth(of: forward, plan)
        }
    }

    private func orderPlans(
        _ after: [ForwardID: ActiveForward], _ network: NetworkView, _ mail: inout [[LoopOrder]],
        _ watched: inout [(ForwardID, ServicePlan?)]
    ) {
        let isSameNetwork = settings?.network == network
        for (id, forward) in after where !isSameNetwork || carried[id] != forward {
            let plan = ServicePlan(forward, in: network)
            guard plans[id] != plan else { continue }
            plans[id] = plan
            for loop in loops.indices { mail[loop].append(.serve(Int32(id.number), plan)) }
            watched.append((id, plan))
        }
    }

    private func orderSockets(
        _ wanted: Places, _ opened: consuming Opened, _ mail: inout [[LoopOrder]]
    ) {
        let all = opened.places
        opened.places = []
        for place in all {
            guard let forward = wanted[place.key] else { continue }
            var sockets: [(loop: Int, number: ListenerID)] = []
            for (turn, descriptor) in place.descriptors.enumerated() {
                let loop = place.loops[turn % place.loops.count]
                lastListener &+= 1
                sockets.append((loop, lastListener))
                mail[loop].append(
                    LoopOrder(listen: Int32(forward.number), place.key, descriptor, lastListener))
            }
            listening[place.key] = Listening(
                forward: forward, loops: place.loops, sockets: sockets)
        }
    }
}

extension LoopOrder {
    fileprivate init(
        listen service: Int32, _ key: ListenKey, _ descriptor: Int32, _ listener: ListenerID
    ) {
        self =
            key.transport == .udp
            ? .listenForDatagrams(service, descriptor: descriptor, listener: listener)
            : .listen(service, descriptor: descriptor, port: key.port, listener: listener)
    }
}
