import Addressing
import Forwarding
import TestKit

extension Gen {
    /// Any forward that the table may hold, not only one that makes sense.
    mutating func stored(
        _ number: UInt16, named name: String, for lease: Lease? = nil
    ) -> Forward {
        let ports = ports()
        var forward = Forward(
            id: Sample.id(number), name: Sample.name(name), transports: pick(Transports.allCases),
            external: ExternalSide(ports: ports, scope: scope()),
            target: Target(host: host(), ports: ports.moved(to: 1) ?? ports),
            sources: SourcePolicy(
                allowed: prefixes(), denied: prefixes(), peers: lease == nil ? [] : peers()),
            hairpin: oneIn(2),
            sourceAddress: pick(SourceAddress.allCases), translatesIPv6: oneIn(2),
            ends: oneIn(2) ? Timestamp(seconds: Int64(int(0...4_000_000_000))) : nil,
            schedule: oneIn(2) ? weeklySchedule() : nil, closing: pick(Closing.allCases),
            limits: limits(), relay: relayTerms(ports), asksUpstream: oneIn(2), enabled: oneIn(2),
            comment: comment(),
            origin: pick(Origin.allCases),
            creator: pick(["root", "", "192.168.7.10", "Ålborg"]),
            created: Timestamp(seconds: Int64(int(-1...4_000_000_000))))
        forward.lease = lease
        return forward
    }

    mutating func lease() -> Lease {
        Lease(
            dialect: pick(MappingDialect.allCases), device: address(),
            mac: oneIn(2) ? MACAddress("02:00:00:00:00:0a") : nil,
            manager: oneIn(3) ? address() : nil,
            nonces: (0..<int(0...Lease.mostNonces)).map { _ in
                LeaseNonce(high: next(), low: UInt32(truncatingIfNeeded: next()))
            },
            isForPeers: oneIn(2), isBidirectional: oneIn(2),
            askedFrom: UInt16(int(0...65_535)), pinhole: oneIn(2) ? UInt16(int(0...65_535)) : nil,
            lastsWhilePresent: oneIn(2))
    }

    private mutating func peers() -> [RemotePeer] {
        prefixes().map { RemotePeer($0, port: UInt16(int(0...65_535))) }
    }

    mutating func traffic() -> Traffic {
        Traffic(
            flows: next(), inbound: Volume(packets: next(), bytes: next()),
            outbound: Volume(packets: 0, bytes: .max), denied: next(), limited: next())
    }

    private mutating func ports() -> PortRange {
        let first = pick([1, 80, 8443, 65535, int(1...65535)])
        return Sample.ports(UInt16(first), UInt16(oneIn(2) ? first : int(first...65535)))
    }

    private mutating func scope() -> ExternalSide.Scope {
        switch int(0...3) {
        case 0: .interface(Sample.interface(pick(["wan0", "ppp0", "eth0.7", "a'b"])))
        case 1: .address(address())
        default: .everyWAN
        }
    }

    private mutating func host() -> TargetHost {
        let texts = ["nas.lan", "a", "02:00:00:00:00:01", "xn--bcher-kva.example", "127.0.0.1"]
        return oneIn(2) ? .address(address()) : ForwardSpelling.host(pick(texts)) ?? .address(v4())
    }

    private mutating func v4() -> IPAddress {
        .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: next())))
    }

    private mutating func address() -> IPAddress {
        oneIn(2) ? v4() : .v6(IPv6Address(high: next(), low: oneIn(2) ? 0 : next()))
    }

    private mutating func prefixes() -> [Prefix] {
        (0..<int(0...3)).map { _ in Prefix(containing: address(), length: int(0...128)) }
    }

    private mutating func comment() -> String {
        pick(["", "it's \"quoted\"; DROP TABLE forward;--", "für die Kinder 🎮", "100 %", "NULL"])
    }
}

/// Random changes of a table, and the table that they lead to.
struct RandomHistory {
    private(set) var forwards: [UInt16: Forward] = [:]
    private var gen: Gen

    init(_ seed: Seed) { gen = Gen(seed) }

    var table: [Forward] { forwards.values.sorted { $0.id < $1.id } }

    /// The changes of one revision: some forwards come, some go, and some change, names handed round
    /// among them.
    mutating func step() -> [ForwardChange] {
        let before = forwards
        for number in before.keys.sorted() where gen.oneIn(4) { forwards[number] = nil }
        let staying = forwards.keys.sorted().filter { _ in gen.oneIn(2) }
        let names = staying.compactMap { forwards[$0]?.name.text }.shuffled(using: &gen)
        for (number, name) in zip(staying, names) {
            forwards[number] = gen.stored(number, named: name)
        }
        for _ in 0..<gen.int(1...4) {
            let number = UInt16(gen.int(1...30))
            // Names say the number and the step, so that no newcomer takes another's.
            if before[number] == nil, forwards[number] == nil {
                forwards[number] = gen.stored(number, named: "f\(number)-\(gen.int(0...(1 << 40)))")
            }
        }
        return Set(before.keys).union(forwards.keys).sorted().compactMap { number in
            switch (before[number], forwards[number]) {
            case (let old?, let new?): old == new ? nil : .changed(from: old, to: new)
            case (let old?, nil): .removed(old)
            case (nil, let new?): .added(new)
            case (nil, nil): nil
            }
        }
    }
}
