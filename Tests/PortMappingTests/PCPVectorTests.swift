import Addressing
import Forwarding
import TestKit
import Testing

@testable import PortMapping

/// The vectors of RFC 6887, through the server and the rules.
@Suite struct `What a PCP server answers` {
    private static func policy(
        _ rules: [LeaseRule], otherwise: LeaseRule.Verdict = .allow,
        nonces: LeasePolicy.NonceCheck = .strict
    ) -> LeasePolicy {
        LeasePolicy(rules: rules, otherwise: otherwise, nonces: nonces)
    }

    private let talk = Conversation(
        FakeDesk { $0.leasing.policy = Self.policy([FakeDesk.open]) })

    @Test(arguments: [
        ("request-t01", "response-t02", 1000), ("request-t04", "response-t05", 1010),
        ("request-t06", "response-t07", 1012), ("request-t12", "response-t13", 1016),
        ("request-t14", "response-t15", 1020), ("bad-t20", "response-t21", 1050),
        ("bad-t22", "response-t23", 1060), ("bad-t27", "response-t28", 1070),
    ])
    func `is what the vectors say`(request: String, response: String, epoch: UInt32) throws {
        let answer = try talk.say(Vector.bytes(request), epoch: epoch)
        #expect(try answer == Vector.bytes(response))
    }

    @Test func `is the port that the device has already, for as long as it may`() throws {
        talk.desk.with { $0.leasing.policy.longest = 3600 }
        let first = try Vector.bytes("request-t01").changed(42, to: 0x9c).changed(43, to: 0xbb)
        _ = try talk.say(first)
        let again = try talk.say(Vector.bytes("request-t01"), epoch: 1001)
        #expect(try again == Vector.bytes("response-t03"))
    }

    @Test func `is another port where the suggested one is another's`() throws {
        let other = try Vector.bytes("request-t01").changed(23, to: 20)
        #expect(try talk.say(other, from: "192.168.1.20")?.port(at: 42) == 8080)
        let mine = try #require(try talk.say(Vector.bytes("request-t01")))
        #expect(mine.pcpResult == 0 && mine.port(at: 42) != 8080 && mine.port(at: 42) >= 1024)
    }

    @Test func `is a failure where only the suggestion will do`() throws {
        let other = try Vector.bytes("request-t09").changed(23, to: 20)
        #expect(try talk.say(other, from: "192.168.1.20")?.pcpResult == 0)
        let mine = try talk.say(Vector.bytes("request-t09"), epoch: 1015)
        #expect(try mine == Vector.bytes("response-t10"))
        #expect(talk.desk.count == 1)
    }

    @Test func `is the suggestion, when it can be had and nothing else will do`() throws {
        let answer = try #require(try talk.say(Vector.bytes("request-t09")))
        #expect(answer.pcpResult == 0 && answer.port(at: 42) == 443 && answer.count == 64)
    }

    @Test func `is a mapping for those whom the filter names`() throws {
        let request = try Vector.bytes("request-t11")
        let answer = try #require(try talk.say(request))
        #expect(answer.pcpResult == 0 && answer[60...] == request[60...])
        let sources = talk.desk.with { $0.table.leases.first?.sources }
        #expect(sources == SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")]))
        let replaced = try talk.say(Vector.bytes("request-filters-replaced"))
        #expect(replaced?.pcpResult == 0)
        let after = talk.desk.with { $0.table.leases.first?.sources }
        #expect(after == SourcePolicy(peers: [Sample.peer("0.0.0.0/0", 22)]))
    }

    @Test func `is a hole for the device's own IPv6 address`() throws {
        let answer = try talk.say(
            Vector.bytes("request-t16"), epoch: 1030, from: "2001:db8:1::10")
        #expect(try answer == Vector.bytes("response-t17"))
    }

    @Test func `is as many ports of a set as can be had`() throws {
        let two = LeaseRule(ports: Sample.ports(6000, 6001), verdict: .allow)
        talk.desk.with { $0.leasing.policy = Self.policy([two], otherwise: .deny) }
        let answer = try talk.say(Vector.bytes("request-t18"), epoch: 1040)
        #expect(try answer == Vector.bytes("response-t19"))
        let single = Array(try Vector.bytes("request-t18").prefix(60)).changed(41, to: 0x71)
        #expect(try talk.say(single)?.port(at: 42) == 6001, "the second of the set")
    }

    @Test func `is a thousand ports at most`() throws {
        let all = try Vector.bytes("request-t18").changed(64, to: 0xff).changed(65, to: 0xff)
        let answer = try #require(try talk.say(all))
        #expect(answer.pcpResult == 0 && answer.port(at: 64) == 1024)
    }

    @Test func `is a port of the same parity, where that is asked for`() throws {
        let taken = try Vector.bytes("request-t18").changed(23, to: 20)
        _ = try talk.say(taken, from: "192.168.1.20")
        for seed in 0..<20 {
            var talk = Conversation(FakeDesk(with: talk.desk))
            talk.seed = UInt64(seed)
            let answer = try #require(
                try talk.say(Vector.bytes("request-t18").changed(68, to: 1)))
            #expect(answer.pcpResult == 0 && answer.port(at: 42) % 2 == 0 && answer[68] == 1)
        }
    }

    @Test(arguments: [("bad-t24", 6, 1800), ("bad-t26", 5, 1800), ("bad-t29", 3, 1800)])
    func `is what is wrong with a request`(name: String, result: UInt8, lifetime: Int) throws {
        var talk = talk
        talk.settings.hasManagers = true
        let answer = try #require(try talk.say(Vector.bytes(name)))
        #expect(answer.pcpResult == result && answer.number(at: 4) == lifetime)
        #expect(talk.desk.count == 0)
    }

    @Test func `leaves out what it does not know and need not`() throws {
        let answer = try #require(try talk.say(Vector.bytes("request-t25"), epoch: 1000))
        #expect(try answer == Vector.bytes("response-t02"))
    }

    @Test(arguments: ["silent-t30", "silent-t31"])
    func `is nothing to what nobody may answer`(name: String) throws {
        #expect(try talk.say(Vector.bytes(name)) == nil)
    }

    @Test func `is the same again, for as long anew`() throws {
        _ = try talk.say(Vector.bytes("request-t01"))
        talk.desk.with { $0.now = $0.now + 1000 }
        let again = try talk.say(Vector.bytes("request-t01"), epoch: 1000)
        #expect(try again == Vector.bytes("response-t02"))
        #expect(talk.desk.count == 1)
    }

    @Test func `is no to another nonce`() throws {
        let request = try Vector.bytes("request-t01")
        _ = try talk.say(request)
        let other = try #require(try talk.say(request.changed(35, to: 0)))
        #expect(other.pcpResult == 2 && other.number(at: 4) == 1800)
        let deletion = try Vector.bytes("request-t04")
        #expect(try talk.say(deletion.changed(35, to: 0))?.pcpResult == 2)
        #expect(talk.desk.count == 1)
        #expect(try talk.say(deletion)?.pcpResult == 0)
        #expect(talk.desk.count == 0)
    }
}
