import Addressing
import Forwarding
import Glibc
import Netfilter
import Netlink
import TestKit
import Testing

/// `Trace` predicts what becomes of a packet; here the kernel is asked.
@Suite struct `The model and the kernel` {
    private static let tables = 8
    private static let packets = 30

    @Test(arguments: Seed.batch(2))
    func `agree on what becomes of every packet`(seed: Seed) async throws {
        try await Lab.with { lab in
            try lab.fallSilent()
            let engine = try await LabEngine.open(on: lab)
            // Before any forward might refuse the packets of it.
            try engine.carry([])
            try await lab.warmUp()
            var (cases, table) = (ModelCases(seed), ForwardingTable())
            var (sourcePort, kinds) = (UInt16(20000), Set<String>())
            for round in 0..<Self.tables {
                let ahead = Int(sourcePort) + 1...Int(sourcePort) + Self.packets
                let next = cases.changed(table, before: ahead)
                engine.settings.guarded = !cases.gen.oneIn(4)
                let wholly = round == 0 || cases.gen.oneIn(3)
                try engine.change(table, to: next, wholly: wholly)
                table = next
                let trace = Trace(
                    table: table, surroundings: ModelCases.surroundings, now: Sample.now,
                    guarded: engine.settings.guarded)
                var sent: [Packet] = []
                var wires: [Wire] = []
                for _ in 0..<Self.packets {
                    sourcePort += 1
                    let (host, packet) = cases.packet(sourcePort: sourcePort)
                    try await lab.host(host).first(packet).map { wires.append($0) }
                    sent.append(packet)
                    kinds.insert(trace.fate(of: packet).kind)
                }
                let disagreements = try await lab.disagreements(on: sent, trace)
                #expect(disagreements.isEmpty, "table \(round): \(Self.tell(table))")
                withExtendedLifetime(wires) {}
            }
            #expect(kinds.isSuperset(of: ["forwarded", "refused", "guarded", "local", "routed"]))
        }
    }

    private static func tell(_ table: ForwardingTable) -> String {
        table.sorted.compactMap { $0.active(in: ModelCases.surroundings, at: Sample.now) }
            .map { "\n\($0)" }.joined()
    }
}

extension Fate {
    fileprivate var kind: String {
        switch self {
        case .forwarded: "forwarded"
        case .relayed: "relayed"
        case .refused: "refused"
        case .guarded: "guarded"
        case .local: "local"
        case .excepted: "excepted"
        case .routed: "routed"
        }
    }
}

extension Trace {
    /// What the flow is to be marked with for its answers; 0 where the machine's own routes decide.
    fileprivate func wanNumber(of packet: Packet) -> Int {
        guard case .forwarded = fate(of: packet), case .interface(let arrival) = packet.arrival
        else { return 0 }
        return surroundings.network.number(of: arrival) ?? 0
    }
}

/// What the kernel did with a packet.
private enum Observation: Hashable {
    /// It is tracked nowhere: it went neither on nor in.
    case vanished
    /// It went its way as it came.
    case passed
    /// It went its way as it came, and a forward owns it (a pinhole), or was sent elsewhere.
    case owned(ForwardID, target: Endpoint, seen: IPAddress)
    /// Something that ought not to happen.
    case strange(String)

    init(_ entry: ConntrackEntry?) {
        guard let entry else {
            self = .vanished
            return
        }
        let target = Endpoint(entry.reply.source, entry.reply.sourcePort)
        let destination = Endpoint(entry.original.destination, entry.original.destinationPort)
        if let owner = MarkMask.standard.forward(of: entry.mark) {
            self = .owned(owner, target: target, seen: entry.reply.destination)
        } else if target == destination, entry.reply.destination == entry.original.source {
            self = .passed
        } else {
            self = .strange("translated without a forward: \(entry.original) \(entry.reply)")
        }
    }

    /// Whether the prediction came true.
    func fulfils(_ fate: Fate, of packet: Packet, in network: NetworkView) -> Bool {
        switch (fate, self) {
        case (.refused, .vanished), (.guarded, .vanished), (.local, .passed), (.routed, .passed),
            (.excepted, .passed):
            return true
        case (.forwarded(let id, let target, let source), .owned(let owner, let real, let seen)):
            guard (id, target) == (owner, real) else { return false }
            switch source {
            case .client: return seen == packet.source.address
            case .external(let address): return seen == address
            case .gateway:
                return network.interface(towards: target.address)
                    .map { network.addresses(of: $0).contains(seen) } ?? network.isOwn(seen)
            }
        default: return false
        }
    }
}

extension LabEngine {
    /// Makes one table of the other, as a whole or by the differences.
    fileprivate func change(
        _ table: ForwardingTable, to next: ForwardingTable, wholly: Bool
    ) throws {
        func active(_ forward: Forward?) -> ActiveForward? {
            forward?.active(in: ModelCases.surroundings, at: Sample.now)
        }
        guard !wholly else {
            try carry(next.sorted.compactMap(active))
            return
        }
        let ids = Set(table.all.map(\.id)).union(next.all.map(\.id)).sorted()
        let edits = ids.map { ActiveEdit(before: active(table[$0]), after: active(next[$0])) }
        _ = try engine.apply(
            .edits(edits.filter { $0.before != nil || $0.after != nil }, settings))
    }
}

extension Host {
    /// Sends the packet; nil when the kernel would not even let it out.
    fileprivate func first(_ packet: Packet) async throws -> Wire? {
        do {
            return try await Wire.knock(
                on: self, packet.transport, from: packet.source, to: packet.destination)
        } catch let failure as Wire.Failure where failure.code == EPERM { return nil }
    }
}

extension Lab {
    fileprivate func host(_ name: String) -> Host {
        switch name {
        case "internet": internet
        case "lan1": lan1
        case "lan2": lan2
        case "guest": guest
        default: gateway
        }
    }

    /// Nobody answers, so that the flows stay in the kernel's table until they are looked at: a
    /// reset would take a TCP flow out at once.
    func fallSilent() throws {
        for host in [internet, lan1, lan2, guest] {
            try host.shell(
                """
                nft 'add table inet silence
                add chain inet silence c { type filter hook input priority 0; }
                add rule inet silence c meta l4proto { tcp, udp } drop'
                """)
        }
        // The bridge is to look at no IP (br_netfilter): it would hold back packets to the LAN.
        try gateway.shell(
            """
            nft 'add table inet silence
            add chain inet silence c { type filter hook output priority -300; }
            add rule inet silence c tcp flags & rst == rst notrack'
            for s in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
                [ ! -e $s ] || echo 0 > $s
            done
            """)
        try internet.shell("ip route add 192.168.9.0/24 via 192.0.2.5")
    }

    /// Has the neighbours find each other, so that no packet has to wait for an address.
    func warmUp() async throws {
        for (host, addresses) in [
            (internet, ["203.0.113.5", "192.0.2.5", "2001:db8:ff::5"]),
            (lan1, ["192.168.7.1", "2001:db8:7::1"]), (lan2, ["192.168.7.1", "2001:db8:7::1"]),
            (guest, ["192.168.9.1", "2001:db8:9::1"]),
        ] {
            for address in addresses {
                let wire = try await Wire.udp(on: host, to: Sample.endpoint(address, 7))
                try wire.send([0])
                let port = try wire.name(of: .own).port
                let isThere = try await eventually {
                    try await gateway.conntrack().contains { $0.original.sourcePort == port }
                }
                #expect(isThere, "\(host.namespace) to \(address)")
            }
        }
    }

    /// The packets with which something else happened than was predicted, in words.
    fileprivate func disagreements(on sent: [Packet], _ trace: Trace) async throws -> [String] {
        var wrong: [String] = []
        _ = try await eventually(within: 1) {
            let entries = Dictionary(
                try await gateway.conntrack().map { ($0.original.sourcePort, $0) },
                uniquingKeysWith: { first, _ in first })
            wrong = sent.compactMap { packet in
                let fate = trace.fate(of: packet)
                let seen = Observation(entries[packet.source.port])
                let network = trace.surroundings.network
                let wan = WANMask.standard.number(of: entries[packet.source.port]?.mark ?? 0)
                let isMarked = wan == trace.wanNumber(of: packet)
                guard !seen.fulfils(fate, of: packet, in: network) || !isMarked else { return nil }
                return "\(packet.transport.name) \(packet.source) to \(packet.destination) "
                    + "at \(packet.arrival): predicted \(fate), and \(seen) by WAN \(wan) happened"
            }
            return wrong.isEmpty
        }
        return wrong
    }
}
