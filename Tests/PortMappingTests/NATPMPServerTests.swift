import Addressing
import Forwarding
import TestKit
import Testing

@testable import PortMapping

/// The vectors of RFC 6886, through the server and the rules.
@Suite struct `What a NAT-PMP server answers` {
    private let talk = Conversation(
        FakeDesk { $0.leasing.policy.rules = [FakeDesk.open] })

    @Test(arguments: [
        ("request-n04", "response-n05", 0x13feff), ("request-n08", "response-n09", 1001),
        ("request-n10", "response-n11", 1002), ("bad-n13", "response-n14", 7),
    ])
    func `is what the vectors say`(request: String, response: String, epoch: UInt32) throws {
        let answer = try talk.say(Vector.bytes(request), epoch: epoch)
        #expect(try answer == Vector.bytes(response))
    }

    private func outside(_ address: String) {
        let link = Link(
            interface: Sample.interface("wan0"), address: Sample.address(address),
            prefixLength: 24)
        talk.desk.with { $0.network.links[0] = link }
    }

    @Test func `is the external address, whatever it is`() throws {
        outside("73.140.54.154")
        let answer = try talk.say(Vector.bytes("request-n01"), epoch: 1_307_215)
        #expect(try answer == Vector.bytes("response-n02"))
        outside("10.1.2.3")
        #expect(try talk.say(Vector.bytes("request-n01"))?.suffix(4) == [10, 1, 2, 3])
        outside("203.0.113.5")
        #expect(try talk.say(Vector.bytes("request-n01")) == Vector.bytes("response-n17"))
    }

    @Test func `is that there is none`() throws {
        talk.desk.with { _ = $0.network.links.removeFirst() }
        let answer = try talk.say(Vector.bytes("request-n01"), epoch: 60)
        #expect(try answer == Vector.bytes("response-n03"))
        #expect(try talk.say(Vector.bytes("request-n06"))?[3] == 3)
    }

    @Test func `is the port that the device has already`() throws {
        talk.desk.with { $0.leasing.policy.longest = 3600 }
        _ = try talk.say("00020000 1f909cbb 00001c20")
        let again = try talk.say(Vector.bytes("request-n06"), epoch: 1000)
        #expect(try again == Vector.bytes("response-n07"))
    }

    @Test func `is no, to who takes away what the operator made`() throws {
        let own = Sample.forward(
            1, Sample.draft("web", .tcp, Sample.ports(8080), to: "192.168.1.10"))
        talk.desk.with { $0.table.apply([.added(own)]) }
        let answer = try talk.say(Vector.bytes("request-n08"), epoch: 1003)
        #expect(try answer == Vector.bytes("response-n12"))
        #expect(try talk.say(Vector.bytes("request-n06"))?.port(at: 10) == 8080)
        #expect(talk.desk.count == 1)
    }

    @Test func `is that there is no room`() throws {
        talk.desk.with { $0.leasing.policy.inAll = 0 }
        let answer = try talk.say("00010000 17701770 00001c20", epoch: 1005)
        #expect(try answer == Vector.bytes("response-n18"))
        talk.desk.with { $0.leasing.policy = LeasePolicy(otherwise: .ask) }
        let asked = try talk.say("00010000 17701770 00001c20", epoch: 1005)
        #expect(try asked == Vector.bytes("response-n18"), "an operator is asked first")
    }

    @Test(arguments: ["silent-n19", "silent-n20", "silent-n21"])
    func `is nothing to what nobody may answer`(name: String) throws {
        #expect(try talk.say(Vector.bytes(name)) == nil)
    }

    @Test func `is the same port again`() throws {
        let first = try talk.say(Vector.bytes("request-n06"))
        #expect(try talk.say(Vector.bytes("request-n06")) == first)
        #expect(talk.desk.count == 1)
    }

    @Test func `is another port where the other protocol's is another device's`() throws {
        _ = try talk.say(Vector.bytes("request-n06"))
        let other = try #require(
            try talk.say("00010000 1f901f90 00001c20", from: "192.168.1.20"))
        #expect(other[3] == 0 && other.port(at: 10) != 8080)
        #expect(talk.desk.with { $0.table.leases.map(\.transports) } == [.tcp, .udp])
    }

    @Test func `is no to port 0, unless all are deleted, of one protocol alone`() throws {
        #expect(try talk.say("00010000 00001f90 00001c20")?[3] == 2)
        #expect(try talk.say("00010000 00001f90 00000000")?[3] == 2)
        _ = try talk.say(Vector.bytes("request-n06"))
        _ = try talk.say(Vector.bytes("request-n04"))
        _ = try talk.say(Vector.bytes("request-n10"))
        #expect(talk.desk.with { $0.table.leases.map(\.transports) } == [.tcp])
    }
}
