import Addressing
import Forwarding
import TestKit
import Testing

/// While no engine runs, nobody owns the table, and others can write into it.
@Suite struct `Foreign hands in an orphaned table` {
    static let narrow = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
    static let drafts = [
        Sample.draft("voice", .udp),
        Sample.draft("narrow", .udp, Sample.ports(9000), sources: narrow),
        Sample.draft(
            "shift", .udp, Sample.ports(30000, 30003), targetPorts: Sample.ports(31000, 31003)),
        Sample.draft(
            "peer", .udp, Sample.ports(9001),
            sources: SourcePolicy(peers: [Sample.peer("203.0.113.9", 5060)])),
    ]

    /// The first of them goes both ways.
    private static func forwards(of engine: LabEngine) -> [ActiveForward] {
        var forwards = engine.numbered(drafts)
        forwards[0].keepsPort = true
        return forwards
    }

    struct Damage: CustomTestStringConvertible {
        var testDescription: String
        var script: String
    }

    static let damages = [
        Damage(
            testDescription: "a rule put first",
            script: "nft insert rule inet portcullis forwarded drop"),
        Damage(
            testDescription: "a rule put last", script: "nft add rule inet portcullis first drop"),
        Damage(testDescription: "a chain emptied", script: "nft flush chain inet portcullis nat"),
        Damage(
            testDescription: "a chain of another's",
            script: """
                nft 'add chain inet portcullis evil { type filter hook forward priority -6; }
                add rule inet portcullis evil drop'
                """),
        Damage(
            testDescription: "a forward taken out", script: "nft flush map inet portcullis any4"),
        Damage(
            testDescription: "a target changed",
            script: """
                nft 'flush map inet portcullis dst4_same
                add element inet portcullis dst4_same { 0x100 : 192.168.7.20 }'
                """),
        Damage(
            testDescription: "a forward put in",
            script: """
                nft 'add element inet portcullis any4 { udp . 7000 : 0x900 }
                add element inet portcullis dst4_same { 0x900 : 192.168.7.20 }'
                """),
        Damage(
            testDescription: "an allow-list widened",
            script: """
                set=$(nft list table inet portcullis | grep -o 'allow4_[0-9a-f]*' | head -n 1)
                nft add element inet portcullis $set '{ 203.0.113.0/24 }'
                """),
        Damage(
            testDescription: "a peer put in",
            script: """
                for port in $(seq 32768 60999); do echo "0x400 . 203.0.113.9 . $port,"; done |
                    (echo add element inet portcullis peer4 {; cat; echo }) | nft -f -
                """),
        Damage(
            testDescription: "a port that is kept, taken out",
            script: "nft flush map inet portcullis leave4"),
        Damage(
            testDescription: "a port that is kept, put in",
            script: "nft add element inet portcullis leave4 '{ 192.168.7.20 . udp . 9 : 99 }'"),
        Damage(
            testDescription: "a shift bent",
            script: """
                map=$(nft list table inet portcullis | grep -o 'shift4_[0-9a-f]*' | head -n 1)
                nft delete element inet portcullis $map '{ 30001 }'
                """),
        Damage(
            testDescription: "a gate opened", script: "nft flush map inet portcullis gate"),
        Damage(
            testDescription: "all of it gone", script: "nft flush ruleset"),
    ]

    @Test(arguments: damages)
    func `what others changed is put right by the next engine`(damage: Damage) async throws {
        try await Lab.with { lab in
            var first: LabEngine? = try await LabEngine.open(on: lab)
            try first?.carry(first.map(Self.forwards) ?? [])
            let before = try lab.listing()
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()
            try lab.gateway.shell(damage.script)
            #expect(try lab.listing() != before, "the damage is done")

            let second = try await LabEngine.open(on: lab)
            #expect(try !second.engine.isIntact(Self.forwards(of: second), second.settings))
            try second.carry(Self.forwards(of: second))
            #expect(try second.engine.isIntact(Self.forwards(of: second), second.settings))
            let difference = try lab.listing().difference(from: before)
            #expect(difference.isEmpty, "\(Array(difference))")
            let (wan, server) = (
                "203.0.113.5", try await Wire.listening(.udp, on: lab.lan1, 8443)
            )
            let visit = try await server.visit(
                .udp, from: lab.internet, to: Sample.endpoint(wan, 8443))
            #expect(visit == .answered(seenAs: "203.0.113.9"))
            let shifted = try await Wire.listening(.udp, on: lab.lan1, 31001)
            let moved = try await shifted.visit(
                .udp, from: lab.internet, to: Sample.endpoint(wan, 30001))
            #expect(moved == .answered(seenAs: "203.0.113.9"))
            for port in [7000, 9000, 9001] as [UInt16] {
                let asked = Sample.endpoint(wan, port)
                #expect(try await lab.internet.knock(.udp, at: asked) == .silence)
            }
        }
    }
}
