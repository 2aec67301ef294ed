import Addressing
import Diagnosis
import TestKit
import Testing

/// The table of what an address, its sight from outside and the router in front mean together.
@Suite struct `The verdict on a WAN` {
    private static func evidence(
        _ address: String?, seen: [String?] = [], upstream: String? = nil, hasIPv6: Bool = false,
        port: UInt16 = 5000
    ) -> WANEvidence {
        WANEvidence(
            address.flatMap { IPv4Address($0) }, hasIPv6: hasIPv6, port: 5000,
            seen: seen.map { $0.map { Sample.endpoint($0, port) } },
            upstream: upstream.flatMap { IPv4Address($0) }.map { UpstreamAnswer(.pcp, $0) })
    }

    private static let own = "198.20.0.5"
    private static let other = "198.20.0.9"

    static let rows: [(String, WANEvidence, WANVerdict)] = [
        ("public, seen as it is", evidence(own, seen: [own]), .direct),
        ("seen by two", evidence(own, seen: [own, nil, own]), .direct),
        (
            "a lab's address counts as public", evidence("203.0.113.5", seen: ["203.0.113.5"]),
            .direct
        ),
        ("public, seen as another", evidence(own, seen: [other]), .seenDifferently),
        ("public, seen as a private one", evidence(own, seen: ["10.0.0.9"]), .seenDifferently),
        ("public, another port", evidence(own, seen: [own], port: 5001), .portsRewritten),
        ("public, nobody asked", evidence(own), .notAsked),
        ("public, nobody answers", evidence(own, seen: [nil, nil]), .stunSilent),
        ("public, a router in front of it", evidence(own, seen: [nil], upstream: own), .stunSilent),

        (
            "private, the router says what is seen",
            evidence("192.168.1.2", seen: [own], upstream: own), .doubleNATCooperative
        ),
        (
            "private, the router says, nobody sees",
            evidence("10.0.0.2", seen: [nil], upstream: own), .doubleNATCooperative
        ),
        ("private, seen, no router says", evidence("172.16.0.2", seen: [own]), .doubleNAT),
        ("private, nothing known", evidence("192.168.1.2"), .doubleNAT),
        ("of the link itself", evidence("169.254.3.4", seen: [own]), .doubleNAT),
        (
            "private, the router says another public one",
            evidence("192.168.1.2", seen: [own], upstream: other), .doubleNAT
        ),
        (
            "private, the server is inside", evidence("192.168.1.2", seen: ["192.168.1.2"]),
            .doubleNAT
        ),
        (
            "private, the router has a private one",
            evidence("192.168.1.2", seen: [own], upstream: "10.0.0.2"), .doubleNATAndCarrier
        ),
        (
            "private, the router has a provider's",
            evidence("192.168.1.2", seen: [own], upstream: "100.64.0.2"), .doubleNATAndCarrier
        ),
        (
            "private, the server is the provider's",
            evidence("192.168.1.2", seen: ["100.64.0.2"]), .doubleNATAndCarrier
        ),

        ("a provider's, seen", evidence("100.64.0.2", seen: [own]), .carrierNAT),
        ("a provider's, seen as it is", evidence("100.64.0.2", seen: ["100.64.0.2"]), .carrierNAT),
        ("a provider's, not seen", evidence("100.127.255.255", seen: [nil]), .carrierNAT),
        ("over IPv6", evidence("192.0.0.2", seen: [own]), .carriedOverIPv6),

        ("two addresses", evidence(own, seen: [own, other]), .noStableAddress),
        (
            "two addresses of a provider", evidence("100.64.0.2", seen: [own, other]),
            .noStableAddress
        ),
        ("no address", evidence(nil), .down),
        ("no address of IPv4", evidence(nil, hasIPv6: true), .onlyIPv6),
    ]

    @Test(arguments: rows)
    func `each row has its verdict`(row: String, evidence: WANEvidence, verdict: WANVerdict) {
        #expect(WANVerdict(evidence) == verdict, "\(row)")
    }

    @Test(arguments: WANVerdict.allCases)
    func `each verdict has a row, and only a clear way is called direct`(verdict: WANVerdict) {
        #expect(Self.rows.contains { $0.2 == verdict })
        #expect((verdict.above == .none) == (verdict == .direct))
        #expect(verdict.severity == .note || verdict.above != .none)
    }

    @Test func `a port does not matter where the address is translated anyway`() {
        #expect(WANVerdict(Self.evidence("100.64.0.2", seen: [Self.own], port: 9)) == .carrierNAT)
    }

    @Test(arguments: [
        ("stun.example.net", "stun.example.net:3478"), ("192.0.2.7:99", "192.0.2.7:99"),
        ("[2001:db8::7]:99", "[2001:db8::7]:99"), ("2001:db8::7", "[2001:db8::7]:3478"),
    ])
    func `a server is spelled as it is read`(text: String, spelled: String) {
        #expect(STUNServer(text)?.description == spelled)
        #expect(STUNServer(spelled)?.description == spelled)
    }
}
