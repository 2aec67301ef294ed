import Addressing

/// New mappings: which port, and whether the device may have it.
extension LeaseDeciding {
    func create(_ request: LeaseRequest) throws(LeaseDenial) -> Forward {
        try checkRoom(request)
        let isV6 = asker.device.family == .v6
        guard isV6 || network.wanAddresses.contains(where: { $0.family == .v4 }) else {
            throw .noAddress
        }
        guard request.filters.peers.count <= LeaseRequest.mostPeers else {
            throw .tooManyPeers(LeaseRequest.mostPeers)
        }
        guard let id = table.freeID() else { throw .tableFull }
        let draft = self.draft(id, request)
        if isV6 { return try pinhole(draft, request) }
        guard request.choice == .exactly else { return try anyFree(draft, request) }
        // A flow that is there has its port already, whatever is wished for (RFC 6887 section 12.3).
        guard request.observed == nil else { return try anyFree(draft, request) }
        guard isOurs(request.address) else { throw .cannotProvide }
        // Only the address was wished for (RFC 6887 section 13.2).
        if request.external == nil, request.identity == .internalPort {
            return try anyFree(draft, request)
        }
        guard let ports = request.ports.moved(to: request.external ?? request.ports.first) else {
            throw .cannotProvide
        }
        return try fitted(draft, ports, request)
    }

    private func checkRoom(_ request: LeaseRequest) throws(LeaseDenial) {
        guard table.leaseCount(of: asker.device, asker.mac) < policy.perDevice else {
            throw .quota(policy.perDevice)
        }
        try checkPorts(request)
        guard table.leaseCount < policy.inAll else { throw .tableFull }
        if asker.device.family == .v6, request.transport == .sctp { throw .transport(.sctp) }
    }

    /// Of single ports there can be no more than mappings, so that what a device has is counted for sets
    /// only; what it gave back a moment ago counts for both.
    private func checkPorts(_ request: LeaseRequest) throws(LeaseDenial) {
        let resting = surroundings.leasing.resting.count(of: asker.device, asker.mac)
        guard !request.ports.isSingle || resting > 0 else { return }
        let own =
            request.ports.isSingle ? 0 : table.leasedPorts(of: asker.device, asker.mac)
        guard own + resting + request.ports.count <= max(LeasePolicy.mostPorts, policy.perDevice)
        else { throw .quota(LeasePolicy.mostPorts) }
    }

    /// IPv6 is not translated: the ports outside are those inside (RFC 6887 section 11.3).
    private func pinhole(
        _ draft: Forward, _ request: LeaseRequest
    ) throws(LeaseDenial) -> Forward {
        if request.choice == .exactly, let wanted = request.external,
            wanted != request.ports.first
        {
            throw .cannotProvide
        }
        return try fitted(draft, request.ports, request)
    }

    private func anyFree(
        _ draft: Forward, _ request: LeaseRequest
    ) throws(LeaseDenial) -> Forward {
        var reason: LeaseDenial?
        var width = request.ports.count
        while width > 0 {
            let ports = PortRange(request.ports.first, request.ports.first + UInt16(width - 1))
            for start in candidates(request) {
                guard let ports, let external = ports.moved(to: start) else { continue }
                var forward = draft
                forward.target.ports = ports
                do throws(LeaseDenial) { return try fitted(forward, external, request) } catch {
                    if case .awaitsConsent = error { throw error }
                    if error.isOfTheDevice { throw error }
                    reason = reason ?? error
                }
            }
            width /= 2
        }
        throw reason ?? .noPort
    }

    /// The port wished for, the device's own, then high ports drawn from the seed: some alone, then all in a row.
    private func candidates(_ request: LeaseRequest) -> some Sequence<UInt16> {
        let wished = [request.observed, request.external, request.ports.first].compactMap(\.self)
        var numbers = SplitMix(seed: request.seed)
        let drawn = (0..<Self.draws).map { _ in numbers.highPort() }
        let start = Int(numbers.highPort())
        let rest = (0..<SplitMix.highPorts).lazy.map { step in
            UInt16(1024 + (start - 1024 + step) % SplitMix.highPorts)
        }
        return [wished + drawn, Array(isCrowded ? Array(rest) : [])].joined().filter { port in
            !request.keepsParity || port & 1 == request.ports.first & 1
        }
    }

    /// Drawing alone finds a free port among a half of them with a chance of all but one in 2^32.
    private static let draws = 32
    private var isCrowded: Bool { table.count > SplitMix.highPorts / 2 }

    private func fitted(
        _ draft: Forward, _ external: PortRange, _ request: LeaseRequest
    ) throws(LeaseDenial) -> Forward {
        var forward = draft
        forward.external.ports = external
        forward.name = name(of: forward, request)
        try checkFree(forward, request)
        try check(forward, request, replacing: nil)
        return forward
    }

    /// The protocol beside counts as taken, too: TCP and UDP of one port belong to one device (RFC 6886
    /// section 3.3).
    private func checkFree(_ forward: Forward, _ request: LeaseRequest) throws(LeaseDenial) {
        guard asker.device.family == .v4 else { return }
        for port in forward.external.ports.ports {
            let resting = surroundings.leasing.resting[PortInTransport(request.transport, port)]
            if let resting, resting.device != asker.device, resting.until > now { throw .taken }
        }
        guard request.identity == .internalPort, let companion = request.transport.companion
        else { return }
        for port in forward.external.ports.ports {
            let isTaken = table.forwards(on: port, companion).contains {
                $0.claimsExternalAddress && !$0.isException
                    && surroundings.addresses(of: $0.target.host)?.addresses.contains(
                        asker.device) != true
            }
            if isTaken { throw .taken }
        }
    }

    /// The operator's rules, then what holds for every forward.
    func check(
        _ forward: Forward, _ request: LeaseRequest, replacing previous: Forward?
    ) throws(LeaseDenial) {
        try permit(forward, request)
        let examination = Examination(
            forward: forward, table: table, surroundings: surroundings, now: now,
            previous: previous)
        guard let refusal = examination.refusals().first else { return }
        switch refusal.problem {
        case .overlap(let name, _):
            throw table[name]?.lease == nil ? .operators : .taken
        case .listener: throw .taken
        case .relay: throw .transport(request.transport)
        default: throw .unfitTarget
        }
    }

    func isOurs(_ address: IPAddress?) -> Bool {
        guard let address else { return true }
        let isPinhole = address.family == .v6 && address == asker.device
        return isPinhole || network.wanAddresses.contains(address)
    }
}

extension LeaseDenial {
    /// Whether another external port would not help.
    fileprivate var isOfTheDevice: Bool {
        switch self {
        case .risky, .unfitTarget, .transport: true
        default: false
        }
    }
}

extension FilterChange {
    var peers: [RemotePeer] {
        switch self {
        case .add(let peers), .replace(let peers): peers
        }
    }
}

extension TransportProtocol {
    fileprivate var companion: TransportProtocol? {
        switch self {
        case .tcp: .udp
        case .udp: .tcp
        case .sctp: nil
        }
    }
}

/// Numbers from a seed (Steele, Lea and Flood 2014): the decision stays a function of its arguments.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    static let highPorts = 65_536 - 1024

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func highPort() -> UInt16 {
        UInt16(1024 + next() % UInt64(Self.highPorts))
    }
}
