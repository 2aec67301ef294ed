import Addressing
import TestKit
import Testing
import Wire

@Suite struct `GENA` {
    private static let peer = Sample.address("192.168.1.50")
    private static let own = [Sample.address("192.168.1.1"), Sample.address("fd00::1")]
    private static let sid = "uuid:5d1f0b6a-1111-4000-8000-000000000001"

    private func read(
        _ fields: [(name: String, value: String)], _ method: GENARequest.Method = .subscribe,
        from peer: IPAddress = peer
    ) throws(GENARefusal) -> GENARequest {
        try GENARequest.read(
            method, MessageHead("\(method.rawValue) /evt/IPConn HTTP/1.1", fields), from: peer,
            own: Self.own)
    }

    @Test func `a subscription leads back to who asked (U12)`() throws {
        let request = try read([
            ("HOST", "192.168.1.1:5000"),
            ("CALLBACK", "<http://192.168.1.50:2869/upnp/eventing/abc>"), ("NT", "upnp:event"),
            ("TIMEOUT", "Second-1800"),
        ])
        let callback = try #require(LocalURL("http://192.168.1.50:2869/upnp/eventing/abc"))
        #expect(request == .subscribe(callback: callback, timeout: 1800))
    }

    @Test func `it is confirmed, and the first event follows (U13, U14)`() throws {
        let id = try #require(GENASubscriptionID(Self.sid))
        let head = id.accepted(
            timeout: 1800, date: "Thu, 01 Jan 2026 00:00:00 GMT",
            server: "Linux/6.1 UPnP/1.1 PFGW/1.0")
        #expect(
            head.bytes
                == ("HTTP/1.1 200 OK\r\nDATE: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                + "SERVER: Linux/6.1 UPnP/1.1 PFGW/1.0\r\nSID: \(Self.sid)\r\n"
                + "TIMEOUT: Second-1800\r\nCONTENT-LENGTH: 0\r\nConnection: close\r\n\r\n").octets)
        let event = GENAEvent(
            id, .initial,
            [
                SOAPArgument("PossibleConnectionTypes", "IP_Routed"),
                SOAPArgument("ConnectionStatus", "Connected"),
                SOAPArgument("ExternalIPAddress", "203.0.113.5"),
                SOAPArgument("PortMappingNumberOfEntries", "1"),
            ])
        #expect(event.body == UPnPVectors.u14.octets && event.body.count == 411)
        let callback = try #require(LocalURL("http://192.168.1.50:2869/upnp/eventing/abc"))
        let expected =
            "NOTIFY /upnp/eventing/abc HTTP/1.1\r\nHOST: 192.168.1.50:2869\r\n"
            + "CONTENT-TYPE: text/xml; charset=\"utf-8\"\r\nNT: upnp:event\r\n"
            + "NTS: upnp:propchange\r\nSID: \(Self.sid)\r\nSEQ: 0\r\nConnection: close\r\n"
            + "CONTENT-LENGTH: 411\r\n\r\n" + UPnPVectors.u14
        #expect(event.bytes(to: callback) == expected.octets)
    }

    static let callbacks: [(String, String?)] = [
        ("<http://198.51.100.66:80/x>", nil), ("<http://192.168.1.51:2869/x>", nil),
        ("<https://192.168.1.50/x>", nil), ("<http://console.lan:2869/x>", nil),
        ("<http://192.168.1.50:22/x>", nil), ("<http://192.168.1.50:1023/x>", nil),
        ("<http://192.168.1.50:0/x>", nil), ("<http://192.168.1.50:65536/x>", nil),
        ("<http://192.168.1.50@198.51.100.66/x>", nil), ("<http://192.168.1.50.example/>", nil),
        ("<http://192.168.1.50:5000\r\nX: y/>", nil), ("<http://192.168.001.50/>", nil),
        ("<http://3232235826/>", nil),
        ("<http://192.168.1.50/\(String(repeating: "x", count: 256))>", nil),
        ("http://192.168.1.50/", nil), ("<http://192.168.1.50/", nil), ("", nil), ("<>", nil),
        ("<http://192.168.1.1:5000/>", nil),
        ("<http://a/><http://b/><http://c/><http://192.168.1.50/>", nil),
        ("<http://192.168.1.50>", "/"), ("<HTTP://192.168.1.50:80/a?b=c#d>", "/a?b=c"),
        ("<http://192.168.1.50?x>", "/?x"), (" <http://[::ffff:192.168.1.50]:1024/y> ", "/y"),
        ("<http://198.51.100.66/x> <http://192.168.1.50:8080/z>", "/z"),
    ]

    @Test(arguments: callbacks)
    func `a callback that leads elsewhere is refused (U15)`(header: String, path: String?) throws {
        let fields = [(name: "CALLBACK", value: header), (name: "nt", value: "upnp:event")]
        guard let path else {
            #expect(throws: GENARefusal.preconditionFailed) { try read(fields) }
            return
        }
        guard case .subscribe(let callback, 1800) = try read(fields) else {
            throw GENARefusal.badRequest
        }
        #expect(callback.path == path)
    }

    @Test func `a peer on IPv6 is called on IPv6`() throws {
        let fields = [
            (name: "CALLBACK", value: "<http://[fd00::50]:2869/>"),
            (name: "NT", value: "upnp:event"),
        ]
        #expect(throws: Never.self) { try read(fields, from: Sample.address("fd00:0::50")) }
        #expect(throws: GENARefusal.preconditionFailed) { try read(fields) }
        let mapped = [
            (name: "CALLBACK", value: "<http://192.168.1.50/>"), (name: "NT", value: "upnp:event"),
        ]
        #expect(throws: Never.self) {
            try read(mapped, from: Sample.address("::ffff:192.168.1.50"))
        }
        #expect(throws: GENARefusal.preconditionFailed) {
            try read(
                [("CALLBACK", "<http://192.168.1.1:2869/>"), ("NT", "upnp:event")],
                from: Sample.address("192.168.1.1"))
        }
    }

    @Test func `renewing and cancelling name the subscription alone`() throws {
        let id = try #require(GENASubscriptionID(Self.sid))
        let sid = [(name: "SID", value: Self.sid)]
        #expect(try read(sid) == .renew(id, timeout: 1800))
        #expect(try read(sid + [("TIMEOUT", "Second-3600")]) == .renew(id, timeout: 3600))
        #expect(try read(sid, .unsubscribe) == .cancel(id))
        for method in [GENARequest.Method.subscribe, .unsubscribe] {
            #expect(throws: GENARefusal.badRequest) {
                try read(sid + [("NT", "upnp:event")], method)
            }
            #expect(throws: GENARefusal.badRequest) {
                try read(sid + [("CALLBACK", "<http://192.168.1.50/>")], method)
            }
            #expect(throws: GENARefusal.preconditionFailed) {
                try read([("SID", "uuid:x")], method)
            }
            #expect(throws: GENARefusal.preconditionFailed) { try read([], method) }
        }
        #expect(throws: GENARefusal.preconditionFailed) {
            try read([("CALLBACK", "<http://192.168.1.50/>"), ("NT", "upnp:other")])
        }
    }

    static let timeouts: [(String?, UInt32)] = [
        (nil, 1800), ("Second-1800", 1800), ("second-3600", 3600), ("Second-1", 1800),
        ("Second-infinite", 1800), ("infinite", 1800), ("Second-86401", 86_400),
        ("Second-4294967296", 1800), ("Second--5", 1800), ("Second-", 1800), ("", 1800),
        ("3600", 1800),
    ]

    @Test(arguments: timeouts)
    func `a wish for time is bounded`(header: String?, seconds: UInt32) {
        #expect(GENATimeout.seconds(header) == seconds)
    }

    @Test func `only the first event has the number 0`() {
        #expect(GENASequence.initial.next.number == 1)
        #expect(GENASequence(number: .max).next.number == 1)
    }
}
