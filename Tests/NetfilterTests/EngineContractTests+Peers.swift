import Addressing
import Forwarding
import TestKit
import Testing

extension `Every engine` {
    @Test(arguments: Kind.allCases)
    func `lets a peer in from its port only, and while it is named`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            func named(_ ports: UInt16...) throws -> ActiveForward {
                let peers = ports.map { Sample.peer("203.0.113.9", $0) }
                let sources = SourcePolicy(peers: peers)
                return try Self.active(
                    1, Sample.draft("one", .udp, Sample.ports(1000), sources: sources))
            }
            let (both, one) = (try named(40000, 40001), try named(40001))
            _ = try await subject.apply(.everything([both], Self.settings))
            for source in [40000, 40001, 40002] as [UInt16] {
                try await subject.datagram(source, to: 1000)
            }
            let traffic = try #require(try engine.traffic().forwards[both.id])
            #expect(traffic.flows == 2 && traffic.denied == 1)
            let report = try await subject.apply(
                .edits([ActiveEdit(before: both, after: one)], Self.settings))
            #expect(report.flowsEnded == 1)
            #expect(try engine.flows(of: nil).map(\.client.port) == [40001])
            try await subject.datagram(40000, to: 1000)
            #expect(try engine.traffic().forwards[both.id]?.denied == 2)
            #expect(try engine.isIntact([one], Self.settings))
        }
    }
}
