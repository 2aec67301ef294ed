import Addressing
import CLinux
import Forwarding
import LinuxKit

/// Where the relay listens: what is wanted, what is there, and going from one to the other.
extension RelayEngine {
    /// Who is to have which place; nil for nobody.
    ///
    /// Places that a change does not touch are absent.
    typealias Claims = [ListenKey: ForwardID?]

    /// One place that is listened at.
    struct Listening {
        var forward: ForwardID
        /// Which loops listen there.
        var loops: LoopChoice
        /// The loops know the sockets by numbers in a row, the first loop by the first one, and so on in
        /// turn where there are more sockets than loops.
        var firstNumber: ListenerID
        var sockets: UInt16
    }

    /// Which loops serve a forward.
    enum LoopChoice: Hashable {
        case all
        /// Bounds are kept exactly by one alone.
        case one(Int)
    }

    /// Sockets that were opened for a change.
    struct Opened: ~Copyable {
        var places: [Place] = []

        struct Place {
            var key: ListenKey
            var forward: ForwardID
            var loops: LoopChoice
            /// At least one for each loop.
            var descriptors: [Int32]
        }

        deinit {
            for place in places {
                for descriptor in place.descriptors { _ = clinux_close(descriptor) }
            }
        }
    }

    /// Finds out which places change hands; refuses the newcomer where two want the same.
    func claims(of turn: RelayTurn) throws(EngineError) -> Claims {
        var claims: Claims = [:]
        for edit in turn.edits {
            guard let before = edit.before, let network = turn.formerNetwork else { continue }
            for key in before.listenKeys(in: network) where listening[key]?.forward == before.id {
                claims[key] = .some(nil)
            }
        }
        for edit in turn.edits {
            guard let after = edit.after else { continue }
            for key in after.listenKeys(in: turn.settings.network) {
                guard (claims[key] ?? listening[key]?.forward) == nil else {
                    throw .refused(after.id, code: ErrorNumber.exists, detail: "")
                }
                claims[key] = after.id
            }
        }
        return claims
    }

    /// Opens what is not there yet.
    func open(_ claims: Claims, in turn: RelayTurn) throws(EngineError) -> Opened {
        var opened = Opened()
        makeRoom(for: claims.count)
        let choices = Dictionary(
            turn.edits.compactMap { $0.after.map { ($0.id, choice(for: $0)) } },
            uniquingKeysWith: { first, _ in first })
        for (key, owner) in claims {
            guard let id = owner, let loops = choices[id], listening[key]?.loops != loops else {
                continue
            }
            do throws(BindFailure) {
                let descriptors = try sockets(at: key, for: loopNumbers(loops).count)
                opened.places.append(
                    Opened.Place(key: key, forward: id, loops: loops, descriptors: descriptors))
            } catch {
                keepInherited(&opened)
                throw Self.refusal(error, of: id, at: key)
            }
        }
        return opened
    }

    /// Where threads share it, the table of descriptors doubles only after a grace period of the kernel's
    /// (`synchronize_rcu`), some 15 ms each time: one step to the size that is wanted instead of seven.
    private func makeRoom(for places: Int) {
        guard places >= Self.many else { return }
        clinux_make_room_for_descriptors(Int32(clamping: (places + listening.count) * loops.count))
    }

    private static let many = 256

    /// Before the first whole table stands, it is tried again without what was refused: the sockets of the
    /// process before this one have to be there still.
    func keepInherited(_ opened: inout Opened) {
        guard settings == nil else { return }
        for place in opened.places { inherited.put(place.descriptors, at: place.key) }
        opened.places = []
    }

    /// Those of the process before this one, and as many more as there are loops without.
    private func sockets(
        at key: ListenKey, for loops: Int
    ) throws(BindFailure) -> [Int32] {
        let given = inherited.take(key)
        guard given.count < loops else { return given }
        // One of ours with another reach may be in the way until it is closed.
        let joins =
            !given.isEmpty || lingering.contains(key) || isCovered(key)
            || held.contains(key.transport, key.address, key.port)
        do throws(BindFailure) {
            let more = try BoundSockets(key, count: loops - given.count, joining: joins)
            return given + more.handOver()
        } catch {
            inherited.put(given, at: key)
            throw error
        }
    }

    /// Whether a socket of ours listens at every address where this one is wanted at one, or the other way
    /// round: it may be about to go, and stands in the way until then.
    private func isCovered(_ key: ListenKey) -> Bool {
        let any: IPAddress = key.address.family == .v4 ? .v4(.any) : .v6(.any)
        if key.address != any { return held.contains(key.transport, any, key.port) }
        return listening.keys.contains {
            $0.transport == key.transport && $0.port == key.port
                && $0.address.family == key.address.family
        }
    }

    private func choice(for forward: ActiveForward) -> LoopChoice {
        forward.isBounded ? .one(Int(forward.id.number) % loops.count) : .all
    }

    private func loopNumbers(_ choice: LoopChoice) -> Range<Int> {
        switch choice {
        case .all: loops.indices
        case .one(let number): number..<number + 1
        }
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
    func commit(_ turn: RelayTurn, _ claims: Claims, _ opened: consuming Opened) {
        var mail = [[LoopOrder]](repeating: [], count: loops.count)
        orderPlans(turn, &mail)
        let renewed = Dictionary(
            opened.places.map { ($0.key, $0.loops) }, uniquingKeysWith: { first, _ in first })
        for (key, owner) in claims {
            guard let present = listening[key] else { continue }
            if let owner, renewed[key] == nil {
                pass(key, present, to: owner, &mail)
            } else {
                close(key, present, renewed[key], &mail)
            }
        }
        orderSockets(opened, &mail)
        for edit in turn.edits { keep(edit, &mail) }
        settings = turn.settings
        for (loop, orders) in zip(loops, mail) { loop.post(orders) }
        // Behind the plans, so that what is known of targets falls on the new ones.
        for edit in turn.edits { watchHealth(edit, in: turn.settings.network) }
    }

    private func pass(
        _ key: ListenKey, _ present: Listening, to owner: ForwardID, _ mail: inout [[LoopOrder]]
    ) {
        guard owner != present.forward else { return }
        for (loop, number) in sockets(of: present) {
            mail[loop].append(.assign(number, Int32(owner.number)))
        }
        listening[key]?.forward = owner
    }

    /// - Parameter next: the loops that have the place from now on; nil when nobody has.
    private func close(
        _ key: ListenKey, _ present: Listening, _ next: LoopChoice?, _ mail: inout [[LoopOrder]]
    ) {
        for (loop, number) in sockets(of: present) {
            let isMoved = next.map { !loopNumbers($0).contains(loop) } ?? false
            mail[loop].append(.deafen(number, isMoved: isMoved))
        }
        listening[key] = nil
        held.remove(key)
        if key.transport == .udp { lingering.insert(key) }
    }

    private func sockets(of present: Listening) -> [(loop: Int, number: ListenerID)] {
        let numbers = loopNumbers(present.loops)
        return (0..<Int(present.sockets)).map { place in
            (
                numbers.lowerBound + place % numbers.count,
                present.firstNumber &+ ListenerID(place)
            )
        }
    }

    private func keep(_ edit: ActiveEdit, _ mail: inout [[LoopOrder]]) {
        edit.before.map { _ = transparent.remove($0.id) }
        if let after = edit.after {
            carried[after.id] = after
            if after.relay.terms.isTransparent { transparent.insert(after.id) }
        } else if let id = edit.before?.id {
            carried[id] = nil
            for loop in loops.indices { mail[loop].append(.forget(Int32(id.number))) }
        }
    }

    private func orderPlans(_ turn: RelayTurn, _ mail: inout [[LoopOrder]]) {
        for edit in turn.edits {
            guard let after = edit.after else { continue }
            let plan = ServicePlan(after, in: turn.settings.network)
            if let before = edit.before, let network = turn.formerNetwork,
                ServicePlan(before, in: network) == plan
            {
                continue
            }
            for loop in loops.indices {
                mail[loop].append(.serve(Int32(after.id.number), plan))
            }
        }
    }

    private func orderSockets(_ opened: consuming Opened, _ mail: inout [[LoopOrder]]) {
        let all = opened.places
        opened.places = []
        for place in all {
            let present = Listening(
                forward: place.forward, loops: place.loops, firstNumber: lastListener &+ 1,
                sockets: UInt16(place.descriptors.count))
            lastListener &+= ListenerID(place.descriptors.count)
            for (socket, descriptor) in zip(sockets(of: present), place.descriptors) {
                mail[socket.loop].append(
                    LoopOrder(
                        listen: Int32(place.forward.number), place.key, descriptor, socket.number))
            }
            listening[place.key] = present
            held.insert(place.key)
            lingering.remove(place.key)
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
