import Addressing
import Forwarding
import Foundation
import TestKit
import Testing

/// Debian's `nft` as the oracle: it must print what we sent as the text that we meant.
///
/// `PORTCULLIS_RECORD=1` writes the fixture anew; then read it: no raw payload (`@nh,…`), no
/// garbled marks, names of interfaces in quotes.
@Suite struct `The table as nft reads it` {
    private static let fixture = projectFolder.appending(
        path: "Tests/NetfilterTests/Fixtures/nft-list.txt")

    private static let sources = SourcePolicy(
        allowed: ["203.0.113.0/24", "198.51.100.7", "2001:db8:51::/48"].map(Sample.prefix),
        denied: ["203.0.113.9", "2001:db8:51::7"].map(Sample.prefix))

    private static let weekend = try? ForwardSpelling.schedule("sat,sun 10:00-22:00")

    private static let limits = Limits(
        connections: 100, connectionsPerSource: 5, rate: ConnectionRate(20, per: .second),
        ratePerSource: ConnectionRate(6, per: .minute), monthly: 50_000_000_000,
        bandwidth: 10_000_000)

    /// One of each kind.
    private static let drafts = [
        Sample.draft("same-port", .tcp, Sample.ports(443)),
        Sample.draft("other-port", .tcp, Sample.ports(8443), targetPorts: Sample.ports(443)),
        Sample.draft("both", .tcpAndUDP, Sample.ports(64738), to: "192.168.7.20"),
        Sample.draft("range", .udp, Sample.ports(27015, 27030)),
        Sample.draft(
            "shifted", .udp, Sample.ports(30000, 30003), targetPorts: Sample.ports(40000, 40003)),
        Sample.draft("sctp", .sctp, Sample.ports(2905)),
        Sample.draft(
            "address", .tcp, Sample.ports(22), scope: .address(Sample.address("192.0.2.5"))),
        Sample.draft(
            "interface", .tcp, Sample.ports(5000, 5009),
            scope: .interface(Sample.interface("wan1"))),
        Sample.draft("pinhole", .tcpAndUDP, Sample.ports(22), to: "2001:db8:7::10"),
        Sample.draft(
            "pinhole-range", .udp, Sample.ports(5000, 5009), to: "2001:db8:7::10",
            scope: .interface(Sample.interface("wan0"))),
        Sample.draft("nat6", .tcp, Sample.ports(80), to: "2001:db8:7::10", nat6: true),
        Sample.draft(
            "nat6-port", .tcp, Sample.ports(81), to: "2001:db8:7::10",
            targetPorts: Sample.ports(80), nat6: true),
        Sample.draft(
            "nat6-range", .udp, Sample.ports(6000, 6001), to: "2001:db8:7::20", nat6: true),
        Sample.draft(
            "nat6-shift", .udp, Sample.ports(6002, 6003), to: "2001:db8:7::20",
            targetPorts: Sample.ports(7002, 7003), nat6: true),
        Sample.draft(
            "nat6-address", .tcp, Sample.ports(82), to: "2001:db8:7::10",
            scope: .address(Sample.address("2001:db8:ff::5")), nat6: true),
        Sample.draft("narrow", .tcp, Sample.ports(3389), sources: sources),
        Sample.draft("narrow-too", .tcp, Sample.ports(3390), sources: sources),
        Sample.draft("outside-only", .tcp, Sample.ports(25), hairpin: false),
        Sample.draft("rewritten", .tcp, Sample.ports(23), sourceAddress: .rewritten),
        Sample.draft("leased", .udp, Sample.ports(9000), ends: .after(3600)),
        Sample.draft("keeps-flows", .tcp, Sample.ports(9001), schedule: weekend, closing: .keep),
        Sample.draft("limited", .tcp, Sample.ports(9002), sources: sources, limits: limits),
        Sample.draft("limited-openly", .tcp, Sample.ports(9003), limits: limits),
        Sample.draft("exception", .tcp, Sample.ports(27020, 27021), to: "gateway"),
        Sample.draft(
            "one-to-one", .everything, .all, to: "192.168.9.30",
            scope: .address(Sample.address("203.0.113.6"))),
        Sample.draft("open-device", .everything, .all, to: "2001:db8:9::30"),
        Sample.draft(
            "peers", .udp, Sample.ports(4500),
            sources: SourcePolicy(
                allowed: [Sample.prefix("192.0.2.0/24")],
                peers: [
                    Sample.peer("198.51.100.7", 500), Sample.peer("203.0.113.0/24", 4500),
                    Sample.peer("2001:db8:51::/48", 4500),
                ])),
        Sample.draft(
            "both-ways", .tcpAndUDP, Sample.ports(40001), targetPorts: Sample.ports(3074),
            ends: .after(3600)),
    ]

    @Test(arguments: [true, false])
    func `prints what was meant`(guarded: Bool) async throws {
        let listing = try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab, Sample.settings(guarded: guarded))
            var forwards = engine.numbered(Self.drafts)
            forwards[forwards.count - 1].keepsPort = true
            try engine.carry(forwards)
            return Self.normalised(try lab.gateway.shell("nft list table inet portcullis"))
        }
        if !guarded {
            #expect(!listing.contains { $0.contains("guard") && $0.contains("drop") })
            return
        }
        if Environment["PORTCULLIS_RECORD"] == "1" {
            try Data((listing.joined(separator: "\n") + "\n").utf8).write(to: Self.fixture)
        }
        let recorded = try String(contentsOf: Self.fixture, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast()
        let difference = listing.difference(from: Array(recorded)).map { change in
            switch change {
            case .insert(let line, let text, _): "\(line + 1) + \(text)"
            case .remove(let line, let text, _): "\(line + 1) - \(text)"
            }
        }
        #expect(difference.isEmpty, "\(difference.joined(separator: "\n"))")
        for sign in ["@nh,", "@th,", "@ll,", "unknown"] {
            #expect(!listing.contains { $0.contains(sign) }, "\(sign)")
        }
    }

    /// Without counts, clocks and the owner; one element to a line, sorted, since the kernel keeps
    /// them in any order.
    ///
    /// What belongs to single forwards comes last, by name.
    private static func normalised(_ text: String) -> [String] {
        var blocks: [[String]] = [[]]
        var elements: String?
        for line in text.split(separator: "\n") where !line.hasPrefix("\tflags owner") {
            let line = line.replacing(#/packets \d+ bytes \d+/#, with: "packets 0 bytes 0")
                .replacing(#/ expires [0-9dhms]+/#, with: "")
                .replacing(#/ # progname .*/#, with: "")
            if line.hasSuffix("{"), !line.hasPrefix("\t\t") { blocks.append([]) }
            if let start = line.firstRange(of: "elements = {") {
                elements = String(line[start.upperBound...])
            } else if elements != nil {
                elements?.append(contentsOf: String(line))
            } else {
                blocks[blocks.count - 1].append(String(line))
            }
            guard let gathered = elements, gathered.hasSuffix("}") else { continue }
            let sorted = gathered.dropLast().split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) }.sorted()
            blocks[blocks.count - 1] +=
                ["\t\telements = {"] + sorted.map { "\t\t\t" + $0 } + ["\t\t}"]
            elements = nil
        }
        let isPart = { (block: [String]) in block.first?.contains(#/_[0-9a-f]{9,}/#) ?? false }
        let parts = blocks.filter(isPart).sorted { $0[0] < $1[0] }
        return (blocks.filter { !isPart($0) } + parts).flatMap(\.self).filter { $0 != "}" }
    }
}
