import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `UPnP against attack` {
    /// 4 x 25,000 requests: a good one, changed in a few places.
    @Test(arguments: Seed.batch(4))
    func `changed requests leave no crash, and no mapping beyond the quota`(seed: Seed) async {
        let talk = UPnPTalk()
        var gen = Gen(seed)
        let type = "urn:schemas-upnp-org:service:WANIPConnection:1"
        let header = Array("\"\(type)#AddPortMapping\"".utf8)
        let body = Array(
            UPnPTalk.envelope(
                "AddPortMapping", type,
                [
                    ("NewRemoteHost", ""), ("NewExternalPort", "51413"), ("NewProtocol", "TCP"),
                    ("NewInternalPort", "51413"), ("NewInternalClient", "192.168.1.10"),
                    ("NewEnabled", "1"), ("NewPortMappingDescription", "x"),
                    ("NewLeaseDuration", "0"),
                ]
            ).utf8)
        for _ in 0..<25_000 {
            let (action, text) = (Self.changed(header, &gen, 8), Self.changed(body, &gen, 1))
            let response = await talk.site.respond(
                to: WebRequest(
                    "POST", "/ctl/IPConn",
                    [
                        (name: "Host", value: "192.168.1.1:5000"),
                        (name: "SOAPAction", value: String(decoding: action, as: UTF8.self)),
                    ], body: text, from: UPnPTalk.caller("192.168.1.10")))
            #expect([200, 400, 500].contains(response.status))
            // Others have a turn: on two cores two of these would keep everybody waiting.
            await Task.yield()
        }
        #expect(talk.desk.count <= 64)
        #expect(talk.desk.all.allSatisfy { $0.lease?.device == Sample.address("192.168.1.10") })
        await Self.expectNothingLeft(talk)
    }

    /// What was made is taken back, and then nothing is there.
    private static func expectNothingLeft(_ talk: UPnPTalk) async {
        #expect(await talk.site.events.count == 0)
        for transport in ["TCP", "UDP"] {
            _ = await talk.call(
                "DeletePortMappingRange", version: 2,
                [
                    ("NewStartPort", "1"), ("NewEndPort", "65535"), ("NewProtocol", transport),
                    ("NewManage", "0"),
                ])
        }
        #expect(talk.desk.count == 0)
        #expect(await talk.site.control.shelf.book().count(for: nil) == 0)
    }

    /// 4 x 25,000 requests of every kind: control, subscriptions, renewals, descriptions.
    @Test(arguments: Seed.batch(4))
    func `changed subscriptions leave as many as are allowed, and nothing at their end`(seed: Seed)
        async
    {
        let talk = UPnPTalk()
        var gen = Gen(seed)
        let paths = ["/evt/IPConn", "/evt/L3F", "/evt/CmnIfCfg", "/evt/IP6FCtl", "/rootDesc.xml"]
        var seen: [String] = ["uuid:00000000-0000-4000-8000-000000000000"]
        for number in 0..<25_000 {
            let host = "192.168.1.\(gen.int(10...60))"
            let callback = Array("<http://\(host):\(gen.int(1024...65_535))/x>".utf8)
            let fields =
                gen.oneIn(4)
                ? [
                    (
                        "SID",
                        String(
                            decoding: Self.changed(
                                Array(seen[gen.int(0...(seen.count - 1))].utf8), &gen, 8),
                            as: UTF8.self)
                    )
                ]
                : [
                    ("CALLBACK", String(decoding: Self.changed(callback, &gen, 4), as: UTF8.self)),
                    ("NT", gen.oneIn(8) ? "upnp:event2" : "upnp:event"),
                ]
            let answer = await talk.request(
                ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"][number % 3],
                paths[gen.int(0...(paths.count - 1))], fields.map { (name: $0.0, value: $0.1) },
                from: host)
            #expect([200, 400, 405, 412, 503].contains(answer.status))
            if let sid = answer.head["SID"], seen.count < 100 { seen.append(sid) }
            await Task.yield()
        }
        #expect(await talk.site.events.count <= 64)
        await talk.site.events.keep([])
        await Self.expectNothingLeft(talk)
    }

    /// Changed once in `rarity` times, else left as it is.
    private static func changed(_ bytes: [UInt8], _ gen: inout Gen, _ rarity: Int) -> [UInt8] {
        guard gen.oneIn(rarity) else { return bytes }
        var bytes = bytes
        for _ in 0..<gen.int(1...4) where !bytes.isEmpty {
            let place = gen.int(0...(bytes.count - 1))
            switch gen.int(0...3) {
            case 0: bytes[place] = UInt8(gen.int(0...255))
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8(gen.int(48...57)), at: place)
            default: bytes = Array(bytes.prefix(place))
            }
        }
        return bytes
    }

    @Test func `thousands of subscriptions are not held`() async {
        let talk = UPnPTalk()
        var (accepted, refused) = (0, 0)
        for number in 0..<3000 {
            let host = "192.168.1.\(number % 200 + 10)"
            let answer = await talk.request(
                "SUBSCRIBE", "/evt/IPConn",
                [
                    (name: "CALLBACK", value: "<http://\(host):\(2000 + number)/x>"),
                    (name: "NT", value: "upnp:event"),
                ], from: host)
            if answer.status == 200 { accepted += 1 }
            if answer.status == 503 { refused += 1 }
        }
        #expect(accepted == 64 && refused == 2936)
        #expect(await talk.site.events.count == 64)
    }

    @Test func `one host has four subscriptions to a service`() async {
        let talk = UPnPTalk()
        for number in 0..<5 {
            let answer = await Self.subscribe(talk, "<http://192.168.1.10:\(2000 + number)/x>")
            #expect(answer.status == (number < 4 ? 200 : 503))
        }
    }

    @Test(arguments: [
        "<http://198.51.100.66:80/x>", "<http://192.168.1.11:2000/x>",
        "<http://192.168.1.1:5000/x>", "<https://192.168.1.10/x>", "<http://host:2000/x>", "x", "",
    ])
    func `events go to who asked for them and nowhere else`(callback: String) async {
        #expect(await Self.subscribe(UPnPTalk(), callback).status == 412)
    }

    private static func subscribe(_ talk: UPnPTalk, _ callback: String) async -> WebResponse {
        await talk.request(
            "SUBSCRIBE", "/evt/IPConn",
            [(name: "CALLBACK", value: callback), (name: "NT", value: "upnp:event")])
    }

    @Test func `a subscription is renewed and cancelled by its host alone`() async {
        let talk = UPnPTalk()
        let answer = await Self.subscribe(talk, "<http://192.168.1.10:2000/x>")
        let sid = answer.head["SID"] ?? ""
        func ask(_ method: String, _ fields: [(name: String, value: String)], from host: String)
            async -> Int
        {
            await talk.request(method, "/evt/IPConn", fields, from: host).status
        }
        let (own, id) = ("192.168.1.10", [(name: "SID", value: sid)])
        #expect(await ask("SUBSCRIBE", id, from: "192.168.1.11") == 412)
        #expect(await ask("UNSUBSCRIBE", id, from: "192.168.1.11") == 412)
        #expect(await ask("SUBSCRIBE", id, from: own) == 200)
        #expect(await ask("SUBSCRIBE", id + [(name: "NT", value: "upnp:event")], from: own) == 400)
        #expect(await ask("UNSUBSCRIBE", id, from: own) == 200)
        #expect(await ask("SUBSCRIBE", id, from: own) == 412)
    }

    @Test func `answers to one source are counted, and sources, too`() {
        var limits = SearchLimits()
        let (source, start) = (Sample.address("192.168.1.10"), ContinuousClock.now)
        #expect(limits.admitted(50, to: source, at: start) == 20)
        #expect(limits.admitted(1, to: source, at: start) == 0)
        var sum = 20
        for second in 1..<10 {
            sum += limits.admitted(50, to: source, at: start + .seconds(second))
        }
        #expect(sum == 100)
        for number in 0..<5000 as Range<UInt32> {
            _ = limits.admitted(1, to: .v4(IPv4Address(bits: number)), at: start)
        }
        #expect(limits.sourceCount == SearchLimits.mostSources)
    }

    @Test func `names are the machine's own, differ, and do not show its secret`() throws {
        let identity = try #require(
            IGDIdentity(UPnPTerms(secret: UPnPTalk.secret), isAlwaysFirst: false))
        let again = try #require(
            IGDIdentity(UPnPTerms(secret: UPnPTalk.secret), isAlwaysFirst: false))
        let other = try #require(
            IGDIdentity(UPnPTerms(secret: Array(2...17)), isAlwaysFirst: false))
        #expect(identity.uuids == again.uuids && identity.uuids.gateway != other.uuids.gateway)
        #expect(!identity.uuids.gateway.contains("01020304"))
    }
}
