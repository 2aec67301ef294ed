import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Service catalogue` {
    @Test func `every name stands for one service, and can name a forward`() {
        let names = ServiceCatalogue.all.flatMap(\.names)
        let repeated = Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys
        #expect(repeated.sorted() == [])
        #expect(names.filter { ForwardName($0) == nil } == [])
        #expect(names.filter { $0 != $0.lowercased() } == [])
    }

    @Test(arguments: ServiceCatalogue.all)
    func `a service has a name, ports and something to say`(service: KnownService) {
        #expect(!service.names.isEmpty && !service.ports.isEmpty)
        #expect(service.ports.allSatisfy { $0.range != nil })
        #expect(![service.title, service.reason, service.instead].contains(""))
        #expect([service.reason, service.instead].allSatisfy { !$0.hasSuffix(".") })
    }

    @Test(arguments: ServiceCatalogue.all)
    func `a service is found by each of its names and ports`(service: KnownService) throws {
        for name in service.names {
            #expect(ServiceCatalogue.service(named: name) == service)
            #expect(ServiceCatalogue.service(named: name.uppercased()) == service)
        }
        for entry in service.ports {
            let port = try #require(PortRange(entry.first))
            #expect(
                ServiceCatalogue.services(at: port, entry.transports, ServiceCatalogue.all)
                    .contains(service))
        }
    }

    @Test func `an unknown name is no service`() {
        #expect(ServiceCatalogue.service(named: "no-such-thing") == nil)
        #expect(ServiceCatalogue.service(named: "") == nil)
    }

    @Test func `ports and protocol both count`() {
        func titles(_ first: UInt16, _ last: UInt16, _ transports: Transports) -> [String] {
            ServiceCatalogue.services(
                at: Sample.ports(first, last), transports, ServiceCatalogue.all
            ).map(\.title)
        }
        #expect(titles(22, 22, .tcp) == ["SSH"])
        #expect(titles(20, 23, .tcpAndUDP).contains("SSH"))
        #expect(!titles(22, 22, .udp).contains("SSH"))
        #expect(titles(22, 122, .tcp) == [])
        #expect(titles(22, 121, .tcp).contains("SSH"))
    }
}

@Suite struct `Warnings` {
    private func warnings(
        _ draft: ForwardDraft, in surroundings: Surroundings = Sample.surroundings
    ) -> [Warning] {
        let outcome = ForwardingTable().deciding(.add([draft]), in: surroundings)
        #expect(outcome.problems == [])
        return outcome.warnings
    }

    private static let office = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])

    @Test func `an ordinary forward needs none`() {
        #expect(warnings(Sample.draft("wordpress", .tcp, Sample.ports(443))) == [])
    }

    @Test(
        arguments: [
            ("a", 3389, SourcePolicy.anywhere, "Remote Desktop (RDP)", true),
            ("a", 3389, office, "Remote Desktop (RDP)", true), ("a", 22, .anywhere, "SSH", false),
            ("dns-server", 53, .anywhere, nil, false), ("a", 22, office, nil, false),
        ] as [(String, UInt16, SourcePolicy, String?, Bool)])
    func `an attacked service is named, gravely if it never belongs outside`(
        name: String, port: UInt16, sources: SourcePolicy, service: String?, isGrave: Bool
    ) {
        let draft = Sample.draft(name, .tcp, Sample.ports(port), sources: sources)
        let found = warnings(draft).map { warning -> String in
            guard case .risky(draft.name, let service, let reason, let instead, let grave) = warning
            else { return "\(warning)" }
            #expect(grave == isGrave && !reason.isEmpty && !instead.isEmpty)
            return service
        }
        #expect(found == [service].compactMap(\.self))
    }

    @Test func `the port of the target tells the service`() {
        let draft = Sample.draft("a", .tcp, Sample.ports(40022), targetPorts: Sample.ports(22))
        #expect(warnings(draft).count == 1)
    }

    @Test(arguments: [(UInt16(40099), nil), (40100, 101)] as [(UInt16, Int?)])
    func `more than a hundred ports deserve a word`(last: UInt16, count: Int?) {
        let draft = Sample.draft("a", .sctp, Sample.ports(40000, last))
        #expect(warnings(draft) == [count.map { .wideRange(draft.name, $0) }].compactMap(\.self))
    }

    @Test func `a device that was never seen is told`() throws {
        let draft = Sample.draft("a", .sctp, to: "02:00:00:00:00:01")
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        #expect(warnings(draft) == [.notSeenYet(draft.name, mac)])
        let seen = Sample.surroundings(
            resolved: ["02:00:00:00:00:01": Sample.resolved("192.168.7.9", nil)])
        #expect(warnings(draft, in: seen) == [])
    }

    @Test func `an address that is not the gateway's is told`() {
        let draft = Sample.draft("a", .sctp, scope: Sample.scope(at: "198.51.100.1"))
        #expect(
            warnings(draft) == [.addressNotOwn(draft.name, Sample.address("198.51.100.1"))])
        #expect(warnings(Sample.draft("a", .sctp, scope: Sample.scope(at: "192.0.2.5"))) == [])
        for relayed in ["0.0.0.0", "127.0.0.1"] {
            let draft = Sample.draft(
                "a", .udp, Sample.ports(5555), scope: Sample.scope(at: relayed))
            #expect(warnings(draft) == [])
        }
    }

    @Test(arguments: [("10.9.9.9", true), ("203.0.113.77", true), ("192.168.9.3", false)])
    func `a target that answers by another way is told`(target: String, isFar: Bool) {
        let draft = Sample.draft("a", .sctp, to: target)
        let warning = Warning.targetNotLocal(draft.name, Sample.address(target))
        #expect(warnings(draft) == (isFar ? [warning] : []))
        let rewritten = Sample.draft("a", .sctp, to: target, sourceAddress: .rewritten)
        #expect(warnings(rewritten) == [])
    }
}

@Suite struct `Source policy` {
    @Test func `lists that mean the same are equal`() {
        let texts = ["10.1.0.0/16", "192.0.2.1", "10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]
        let policy = SourcePolicy(allowed: texts.map(Sample.prefix))
        #expect(policy.allowed.map(\.description) == ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"])
        #expect(policy == SourcePolicy(allowed: policy.allowed.reversed()))
    }

    @Test(arguments: Seed.batch(100))
    func `a reduced list lets the same ones in`(seed: Seed) {
        var gen = Gen(seed)
        let address = { (gen: inout Gen) in
            IPAddress.v4(IPv4Address(bits: 0x0a00_0000 | UInt32(gen.int(0...255))))
        }
        let prefixes = (0..<gen.int(1...8)).map { _ in
            Prefix(containing: address(&gen), length: gen.int(24...32))
        }
        let policy = SourcePolicy(allowed: prefixes, denied: prefixes)
        let wrong = (0..<50).map { _ in address(&gen) }.filter { address in
            let isIn = prefixes.contains { $0.contains(address) }
            return policy.allows(Endpoint(address, 9)) != isIn || policy.denies(address) != isIn
        }
        #expect(wrong == [])
        #expect(SourcePolicy.anywhere.allows(Endpoint(address(&gen), 9)))
        #expect(!SourcePolicy.anywhere.denies(address(&gen)))
    }
}
