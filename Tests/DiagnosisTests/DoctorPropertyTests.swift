import Addressing
import Diagnosis
import Forwarding
import LinuxKit
import TestKit
import Testing

/// Whatever a machine looks like, the checks come to an end and say something that can be used.
@Suite struct `The doctor on any machine` {
    @Test(arguments: Seed.batch(300)) func `findings have words, and ids that are unique`(
        seed: Seed
    ) {
        var machine = AnyMachine(gen: Gen(seed))
        let findings = Doctor.examine(machine.observations())
        for finding in findings {
            #expect(!finding.what.isEmpty && !finding.why.isEmpty && !finding.remedy.isEmpty)
            #expect(finding.code.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
        }
        let fixable = findings.filter { $0.fix != nil }.map(\.id)
        #expect(Set(fixable).count == fixable.count)
    }
}

private struct AnyMachine {
    var gen: Gen

    private static let names = ["wan0", "wan1", "br0", "guest0", "eth0.7"].map(Sample.interface)
    private static let addresses = [
        "203.0.113.5", "100.64.0.1", "10.0.0.1", "192.0.2.5", "2001:db8::5", "192.168.7.1",
        "fe80::1", "0.0.0.0", "255.255.255.255",
    ].map(Sample.address)
    private static let troubles =
        Trouble.network + Trouble.settings + Trouble.targets + Trouble.gateway

    mutating func observations() -> Observations {
        var seen = gen.oneIn(3) ? Observations.well : Observations(situation())
        for _ in 0..<gen.int(0...6) { gen.pick(Self.troubles).make(&seen) }
        for path in seen.settings.keys.sorted() where gen.oneIn(3) {
            seen.settings[path] = gen.pick(["", "-1", "x", "0", "9223372036854775807", "1 2"])
        }
        for name in Self.names where gen.oneIn(2) {
            seen.interfaces[name] = Observations.Interface(
                isUp: gen.oneIn(2), mtu: UInt32(gen.pick([0, 68, 1280, 1500, 65536])),
                isBridge: gen.oneIn(2))
        }
        seen.mirrors =
            gen.oneIn(2)
            ? [Observations.Mirror(gen.pick(Self.names), gen.pick(Self.addresses), seen: nil)] : []
        return seen
    }

    private mutating func situation() -> Trace {
        var table = ForwardingTable()
        for number in 0..<UInt16(gen.int(0...5)) {
            let draft = Sample.draft(
                "f\(number)", gen.pick([.tcp, .udp, Transports.tcp]),
                Sample.ports(1000 + number * 10, 1000 + number * 10 + UInt16(gen.int(0...9))),
                to: gen.pick(["192.168.7.10", "nas.lan", "2001:db8:7::10", "10.9.9.9"]),
                scope: gen.pick([
                    .everyWAN, .address(gen.pick(Self.addresses)), .interface(gen.pick(Self.names)),
                ]))
            table.insert(Sample.forward(number + 1, draft))
        }
        let links = (0..<gen.int(0...6)).map { _ in
            Link(
                interface: gen.pick(Self.names), address: gen.pick(Self.addresses),
                prefixLength: gen.int(0...128))
        }
        let network = NetworkView(wans: Array(Self.names.prefix(gen.int(0...2))), links: links)
        return Trace(
            table: table, surroundings: Surroundings(network: network),
            now: Timestamp(seconds: Int64(gen.int(0...4_000_000_000))))
    }
}
