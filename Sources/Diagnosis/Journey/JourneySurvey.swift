import Addressing
package import Forwarding
package import LinuxKit
package import Netfilter
package import Netlink

/// Finds out what a journey needs to know of the machine.
package struct JourneySurvey: Sendable {
    private let mask: MarkMask
    private let wanMask: WANMask
    /// How long a target may take for its answer, in milliseconds.
    ///
    /// A missing neighbour is known after three seconds.
    private let patience: Int32

    package init(
        mask: MarkMask = .standard, wanMask: WANMask = .standard, patience: Int32 = 3500
    ) {
        self.mask = mask
        self.wanMask = wanMask
        self.patience = patience
    }

    /// What would happen to the packet.
    ///
    /// - Parameter load: what a forward carries now; asked where it has limits.
    package func journey(
        _ question: JourneyQuestion, in situation: Trace,
        suspended: Set<ForwardName> = [], contest: TableDisturbance? = nil,
        load: (ForwardID) async throws -> ForwardLoad?
    ) async throws -> Surveyed {
        let machine = try await KernelThread.run(Machine.read)
        let road = JourneyRoad(question, situation, machine.ruleset, mask: mask)
        var facts = try await KernelThread.run { () throws(KernelError) in
            try look(along: road, machine)
        }
        if let forward = road.forward, forward.limits != .none {
            facts.load = try await load(forward.id)
        }
        if let forward = road.forward {
            facts.absence =
                contest.map { .contested(by: $0.words) }
                ?? (suspended.contains(forward.name) ? .suspended : nil)
        }
        await probe(road, &facts)
        return Surveyed(road: road, facts: facts, journey: Journey(along: road, facts))
    }

    /// What the kernel does with such a packet, beside what was foreseen.
    package func live(
        _ surveyed: Surveyed, _ way: LiveProbe.Way
    ) async throws(KernelError) -> LiveComparison {
        let probe = LiveProbe(surveyed.road, surveyed.facts.ruleset)
        let sight = try await KernelThread.run { () throws(KernelError) in try probe.look(way) }
        return LiveComparison(surveyed, sight)
    }

    package struct Surveyed: Sendable {
        package var road: JourneyRoad
        package var facts: JourneyFacts
        package var journey: Journey
    }

    private struct Machine: Sendable {
        var ruleset: ForeignRuleset
        /// Tables of the old iptables module that could not be read.
        var unread: [String]
        /// Without CAP_NET_ADMIN nobody reads the tables of others.
        var mayNotRead = false
        var network: MachineNetwork

        static func read() throws(KernelError) -> Machine {
            var netfilter = try NetlinkSocket(.netfilter)
            var route = try NetlinkSocket(.route)
            let network = try MachineNetwork.read(through: &route)
            var (ruleset, mayNotRead) = (ForeignRuleset(), false)
            do throws(KernelError) {
                ruleset = try ForeignRuleset.read(through: &netfilter)
            } catch let error where error.code == ErrorNumber.notPermitted { mayNotRead = true }
            ruleset.interfaceNumbers = Dictionary(
                network.interfaces.values.map { ($0.name, $0.index) }, uniquingKeysWith: { $1 })
            let unread = mayNotRead ? [] : ruleset.addLegacyTables()
            return Machine(
                ruleset: ruleset, unread: unread, mayNotRead: mayNotRead, network: network)
        }
    }

    private func look(
        along road: JourneyRoad, _ machine: Machine
    ) throws(KernelError) -> JourneyFacts {
        var facts = JourneyFacts(ruleset: machine.ruleset)
        let question = road.question
        (facts.unread, facts.mayNotRead) = (machine.unread, machine.mayNotRead)
        facts.interfaces = machine.network.interfaces.mapValues(\.name)
        facts.forwards = Self.isForwarding(question.source.family)
        facts.reversePathFilter =
            question.source.family == .v4 ? Self.reversePathFilter(question.arrival) : 0
        var routes = try RouteLookup()
        let arrival = machine.ruleset.interfaceNumbers[question.arrival]
        facts.onward = try routes.ask(
            RouteQuestion(to: road.place.address, from: question.source, in: arrival))
        if case .found(let route) = facts.onward, let out = route.outInterface, !road.isLocal {
            facts.back = try routes.ask(
                RouteQuestion(
                    to: question.source, from: road.place.address, in: out,
                    mark: answerMark(road)))
        }
        if road.isLocal { facts.listener = try Self.listener(at: road.place, question.transport) }
        return facts
    }

    /// With several WANs the answer of a forward bears the number of the one that the request came by.
    private func answerMark(_ road: JourneyRoad) -> UInt32 {
        guard road.forward != nil, let number = road.network.number(of: road.question.arrival)
        else { return 0 }
        return wanMask.mark(of: number)
    }

    private static func isForwarding(_ family: AddressFamily) -> Bool {
        let path = family == .v4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding"
        return (try? KernelSetting(path).read()) != "0"
    }

    /// Of both settings the kernel takes the larger number.
    private static func reversePathFilter(_ interface: InterfaceName) -> Int {
        ["all", interface.text].map { name in
            (try? KernelSetting("net/ipv4/conf/\(name)/rp_filter").read()).flatMap { Int($0) } ?? 0
        }.max() ?? 0
    }

    private static func listener(
        at place: Endpoint, _ transport: TransportProtocol
    ) throws(KernelError) -> String? {
        let found = try LocalListeners.read().first { socket in
            guard socket.port == place.port, socket.transport == transport else { return false }
            let isWildcard = socket.address == .v4(.any) || socket.address == .v6(.any)
            let fits =
                socket.family == place.address.family || socket.family == .v6 && !socket.isV6Only
            return socket.address == place.address || isWildcard && fits
        }
        return found.map { LocalListeners.program(holding: $0.inode) ?? "a program" }
    }

    /// A relay asks for itself, as it would for a client.
    private func probeFromRelay(_ road: JourneyRoad, _ facts: inout JourneyFacts) async {
        guard let target = road.fate.target else { return }
        let question = TargetProbe.Question(target)
        facts.near = await TargetProbe.ask([question], within: patience)[question]
    }

    /// Asks the target from the gateway's address near it, and from one of the WAN.
    private func probe(_ road: JourneyRoad, _ facts: inout JourneyFacts) async {
        guard !road.isRelayed else { return await probeFromRelay(road, &facts) }
        guard !road.isLocal, road.fate.target != nil, case .found(let route) = facts.onward,
            route.kind == .onward
        else { return }
        let family = road.place.address.family
        // Another address of the target's own subnet would say nothing.
        let far = road.network.wanAddresses.first {
            $0.family == family && !road.network.shareSubnet($0, road.place.address)
        }
        let near = TargetProbe.Question(road.place)
        let distant = far.map { TargetProbe.Question(road.place, from: $0) }
        let answers = await TargetProbe.ask(
            [near, distant].compactMap(\.self), within: patience)
        facts.near = answers[near]
        facts.farAddress = far
        facts.far = distant.flatMap { answers[$0] }
        let place = road.place.address
        let network = try? await KernelThread.run { () throws(KernelError) in
            var route = try NetlinkSocket(.route)
            return try MachineNetwork.read(through: &route)
        }
        facts.isNeighbour = network.map { network in
            network.neighbours.contains { $0.address == place }
        }
    }
}
