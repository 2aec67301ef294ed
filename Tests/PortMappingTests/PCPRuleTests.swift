import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

/// What the vectors do not say.
@Suite struct `A PCP server` {
    private let talk = Conversation()

    /// T1 with a port of no known service.
    private func map(_ name: String = "request-t01") throws -> [UInt8] {
        var bytes = try Vector.bytes(name)
        bytes.replaceSubrange(40..<44, with: [0x4e, 0x20, 0x4e, 0x20])
        return bytes
    }

    @Test(arguments: [(0, 0), (6, 0), (33, 8080), (1, 8080)])
    func `maps neither all ports nor a protocol without them`(number: UInt8, port: UInt16) throws {
        let request = try map().changed(36, to: number).changed(40, to: UInt8(port >> 8))
            .changed(41, to: UInt8(port & 0xff))
        #expect(try talk.say(request)?.pcpResult == 9)
    }

    @Test func `deletes nothing when all ports are named`() throws {
        _ = try talk.say(map())
        let all = try Vector.bytes("request-t04").changed(40, to: 0).changed(41, to: 0)
        #expect(try talk.say(all)?.pcpResult == 0)
        #expect(talk.desk.count == 1)
    }

    @Test func `never shortens what a peer's mapping has`() throws {
        let peer = try Vector.bytes("request-t14")
        _ = try talk.say(peer)
        let none = peer.changed(6, to: 0).changed(7, to: 0)
        #expect(try talk.say(none)?.number(at: 4) == 3600)
        let peers = talk.desk.with { $0.table.leases.first?.sources.peers }
        #expect(peers == [Sample.peer("198.51.100.7/32", 443)])
    }

    @Test func `does not give a peer's mapping another port than was suggested`() throws {
        let other = try map().changed(23, to: 20)
        _ = try talk.say(other, from: "192.168.1.20")
        let peer = try Vector.bytes("request-t14").changed(42, to: 0x4e).changed(43, to: 0x20)
        #expect(try talk.say(peer)?.pcpResult == 11)
        #expect(talk.desk.count == 1)
    }

    @Test func `lets a manager ask for others, where there are managers`() throws {
        var talk = Conversation()
        talk.settings.hasManagers = true
        let request = try Vector.bytes("request-t12").changed(40, to: 0x20).changed(42, to: 0x20)
        #expect(try talk.say(request)?.pcpResult == 2)
        talk.desk.with { $0.leasing.policy.managers = [Sample.prefix("192.168.1.10/32")] }
        let answer = try #require(try talk.say(request))
        #expect(answer.pcpResult == 0 && answer[60...] == request[60...])
        let lease = talk.desk.with { $0.table.leases.first?.lease }
        #expect(lease?.device == Sample.address("192.168.1.99"))
        #expect(lease?.manager == Sample.address("192.168.1.10"))
    }

    @Test func `lets a device ask again soon while the operator is asked`() throws {
        talk.desk.with { $0.leasing.policy.otherwise = .ask }
        let answer = try #require(try talk.say(map()))
        #expect(answer.pcpResult == 8 && answer.number(at: 4) == 30)
    }

    @Test func `says that there is no address outside`() throws {
        talk.desk.with { _ = $0.network.links.removeFirst() }
        let answer = try #require(try talk.say(map()))
        #expect(answer.pcpResult == 7 && answer.number(at: 4) == 30)
    }

    @Test func `says when a device has enough`() throws {
        talk.desk.with { $0.leasing.policy.perDevice = 1 }
        _ = try talk.say(map())
        let second = try map().changed(41, to: 0x21).changed(43, to: 0x21)
        #expect(try talk.say(second)?.pcpResult == 10)
    }

    @Test func `speaks with an address that is not public`() throws {
        let private4 = Link(
            interface: Sample.interface("wan0"), address: Sample.address("100.64.0.7"),
            prefixLength: 24)
        talk.desk.with { $0.network.links[0] = private4 }
        #expect(try talk.say(map())?.suffix(6) == [255, 255, 100, 64, 0, 7])
    }

    @Test func `does not tell whose the port is that cannot be had`() {
        #expect(LeaseDenial.operators.pcp(isExact: true) == .cannotProvideExternal)
        #expect(LeaseDenial.taken.pcp(isExact: true) == .cannotProvideExternal)
        #expect(LeaseDenial.taken.pcp(isExact: false) == .noResources)
        #expect(LeaseDenial.operators.pcp(isExact: false) == .notAuthorized)
        #expect(LeaseDenial.tooManyPeers(16).pcp(isExact: false) == .excessiveRemotePeers)
    }

    @Test func `tells what the operator has made, and leaves it alone`() throws {
        let own = Sample.forward(
            1,
            Sample.draft(
                "web", .tcp, Sample.ports(9000), to: "192.168.1.10",
                targetPorts: Sample.ports(20_000)))
        talk.desk.with { $0.table.apply([.added(own)]) }
        let answer = try #require(try talk.say(map()))
        #expect(answer.pcpResult == 0 && answer.port(at: 42) == 9000)
        #expect(try talk.say(map("request-t04"))?.pcpResult == 2)
        #expect(talk.desk.count == 1)
    }

    @Test func `says which versions there are`() throws {
        var talk = Conversation()
        talk.settings.dialects = [.natPMP]
        let pcp = try talk.say(map(), epoch: 0x3ec)
        #expect(try pcp == Vector.bytes("response-n15"))
        talk.settings.dialects = [.pcp]
        let natPMP = try #require(try talk.say(Vector.bytes("request-n04"), epoch: 5))
        #expect(natPMP.prefix(4) == [2, 0x81, 0, 1] && natPMP.count == 24)
        talk.settings.dialects = [.pcp, .natPMP]
        let overIPv6 = try talk.say(Vector.bytes("request-n01"), from: "2001:db8:1::10")
        #expect(overIPv6?.prefix(4) == [2, 0x80, 0, 1])
        talk.settings.dialects = [.upnp]
        #expect(PortControl(talk.settings) == nil)
    }
}
