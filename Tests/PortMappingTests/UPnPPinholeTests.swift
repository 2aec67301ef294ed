import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `Pinholes over UPnP` {
    private let talk = UPnPTalk()
    private static let host = "2001:db8:1::10"

    private func add(
        _ port: Int = 58_080, for client: String = host, transport: Int = 6, remote: String = "",
        from source: String = host
    ) async -> UPnPTalk.Answer {
        await talk.call(
            "AddPinhole", .wanIPv6FirewallControl,
            [
                ("RemoteHost", remote), ("RemotePort", "0"), ("InternalClient", client),
                ("InternalPort", "\(port)"), ("Protocol", "\(transport)"), ("LeaseTime", "3600"),
            ], from: source)
    }

    private func byID(
        _ action: String, _ id: String, from source: String = host
    ) async -> UPnPTalk.Answer {
        await talk.call(
            action, .wanIPv6FirewallControl, [("UniqueID", id), ("NewLeaseTime", "7200")],
            from: source)
    }

    @Test func `one is made for its device, and found again by its five-tuple`() async throws {
        let id = try #require(await add()["UniqueID"])
        #expect(await add()["UniqueID"] == id)
        #expect(talk.desk.count == 1)
        #expect(await byID("UpdatePinhole", id).isSuccess)
        #expect(talk.desk.all.first?.ends == Sample.now + 7200)
        #expect(await byID("CheckPinholeWorking", id).code == 709)
        talk.desk.with { $0.packets = 5 }
        #expect(await byID("CheckPinholeWorking", id)["IsWorking"] == "1")
        #expect(await byID("GetPinholePackets", id)["PinholePackets"] == "5")
        #expect(await byID("DeletePinhole", id, from: "2001:db8:1::11").code == 606)
        #expect(await byID("DeletePinhole", id).isSuccess)
        #expect(await byID("UpdatePinhole", id).code == 704)
        #expect(talk.desk.count == 0)
    }

    @Test func `errors are those of the specification`() async {
        #expect(await add(from: "2001:db8:1::11").code == 606)
        #expect(await add(from: "192.168.1.10").code == 606)
        #expect(await add(0).code == 706)
        #expect(await add(transport: 65_535).code == 707)
        #expect(await add(transport: 47).code == 705)
        #expect(await add(for: "").code == 402 || talk.desk.count == 0)
        #expect(await add(22).code == 606)
        talk.desk.with { $0.isGuarded = false }
        #expect(await add().code == 702)
        let status = await talk.call("GetFirewallStatus", .wanIPv6FirewallControl)
        #expect(status["FirewallEnabled"] == "0" && status["InboundPinholeAllowed"] == "1")
    }

    @Test func `a second sender is let in too, and none is shut out`() async {
        _ = await add(remote: "2001:db8:9::1")
        _ = await add(remote: "2001:db8:9::2")
        #expect(talk.desk.all.first?.sources.allowed.count == 2)
        _ = await add()
        #expect(talk.desk.all.first?.sources.isAnywhere == true)
        _ = await add(remote: "2001:db8:9::3")
        #expect(talk.desk.all.first?.sources.isAnywhere == true)
    }
}
