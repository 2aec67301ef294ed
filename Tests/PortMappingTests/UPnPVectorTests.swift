import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `UPnP over HTTP` {
    private let talk = UPnPTalk()

    @Test func `a mapping as Transmission asks for it is made, and the answer is the vector's`()
        async
    {
        let answer = await talk.add()
        let server = talk.site.server
        #expect(
            String(decoding: answer.response.bytes, as: UTF8.self)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nContent-Length: 306\r\n"
                + "Connection: close\r\nServer: \(server)\r\nExt:\r\n\r\n"
                + UPnPTalk.envelope(
                    "AddPortMappingResponse", "urn:schemas-upnp-org:service:WANIPConnection:1"))
        #expect(talk.desk.all.first?.lease?.device == Sample.address("192.168.1.10"))
        #expect(talk.desk.all.first?.lease?.lastsWhilePresent == true)
        let found = await talk.call(
            "GetSpecificPortMappingEntry",
            [("NewRemoteHost", ""), ("NewExternalPort", "51413"), ("NewProtocol", "TCP")])
        #expect(found["NewLeaseDuration"] == "604800")
        #expect(found["NewPortMappingDescription"] == "Transmission at 51413")
    }

    @Test func `the same twice is one mapping, another device's is a conflict`() async {
        #expect(await talk.add().isSuccess)
        #expect(await talk.add().isSuccess)
        #expect(talk.desk.count == 1)
        let other = await talk.add(to: "192.168.1.11", from: "192.168.1.11")
        #expect(other.response.status == 500 && other.code == 718)
    }

    @Test(arguments: [(UInt8(1), 718), (2, 606)])
    func `a device maps for itself, and no low ports`(version: UInt8, code: Int) async {
        #expect(await talk.add(version: version, from: "192.168.1.11").code == code)
        #expect(await talk.add(80, version: version).code == code)
        #expect(await talk.add(0, 80, version: version).code == 716)
        #expect(talk.desk.count == 0)
    }

    @Test(arguments: [(UInt8(1), 501), (2, 728)])
    func `a device has as many as its share`(version: UInt8, code: Int) async {
        for port in 50_000..<50_064 { #expect(await talk.add(port, version: version).isSuccess) }
        #expect(await talk.add(50_064, version: version).code == code)
        #expect(talk.desk.count == 64)
    }

    @Test func `an external address is told whatever its kind`() async {
        #expect(await talk.call("GetExternalIPAddress")["NewExternalIPAddress"] == "203.0.113.5")
        for address in ["100.64.1.1", "10.0.0.2"] {
            talk.desk.with { $0.network = Self.network(address) }
            #expect(await talk.call("GetExternalIPAddress")["NewExternalIPAddress"] == address)
            #expect(await talk.call("GetStatusInfo")["NewConnectionStatus"] == "Connected")
        }
        talk.desk.with { $0.network = NetworkView(wans: [Sample.interface("wan0")]) }
        #expect(await talk.call("GetExternalIPAddress")["NewExternalIPAddress"] == "")
        #expect(await talk.call("GetStatusInfo")["NewConnectionStatus"] == "Disconnected")
    }

    private static func network(_ wan: String) -> NetworkView {
        var network = UPnPDesk.network
        network.links[0].address = Sample.address(wan)
        return network
    }

    @Test func `entries are counted from 0, each device its own`() async {
        for port in 3000..<3003 { _ = await talk.add(port) }
        _ = await talk.add(4000, to: "192.168.1.11", from: "192.168.1.11")
        for index in 0..<3 {
            let entry = await talk.call(
                "GetGenericPortMappingEntry", [("NewPortMappingIndex", "\(index)")])
            #expect(entry["NewExternalPort"] == "\(3000 + index)")
        }
        let none = await talk.call("GetGenericPortMappingEntry", [("NewPortMappingIndex", "3")])
        #expect(none.code == 713)
        let all = UPnPTalk(talk.desk, listsAll: true)
        let last = await all.call("GetGenericPortMappingEntry", [("NewPortMappingIndex", "3")])
        #expect(last["NewInternalClient"] == "192.168.1.11")
    }

    @Test func `an operator's forward is neither listed, nor taken, nor deleted`() async {
        talk.desk.with {
            $0.table.insert(
                Sample.forward(9, Sample.draft("web", .tcp, Sample.ports(8443), to: "192.168.1.10"))
            )
        }
        #expect(await talk.add(8443).code == 718)
        #expect(await talk.add(8443, version: 2).code == 718)
        let key = [("NewRemoteHost", ""), ("NewExternalPort", "8443"), ("NewProtocol", "TCP")]
        #expect(await talk.call("GetSpecificPortMappingEntry", key).code == 714)
        #expect(await talk.call("DeletePortMapping", key).code == 714)
        #expect(await talk.call("DeletePortMapping", version: 2, key).code == 606)
        #expect(
            await talk.call("GetGenericPortMappingEntry", [("NewPortMappingIndex", "0")]).code
                == 713)
        #expect(talk.desk.count == 1)
    }

    @Test func `any port will do for AddAnyPortMapping`() async {
        _ = await talk.add(50_001, to: "192.168.1.11", from: "192.168.1.11")
        let answer = await talk.add(50_001, version: 2, lease: 600, action: "AddAnyPortMapping")
        #expect(answer["NewReservedPort"].flatMap { UInt16($0) } ?? 50_001 != 50_001)
        let again = await talk.add(50_001, version: 2, lease: 600, action: "AddAnyPortMapping")
        #expect(again["NewReservedPort"] == answer["NewReservedPort"])
    }

    @Test func `ranges are listed and deleted`() async {
        for port in 56_000..<56_004 { _ = await talk.add(port) }
        func range(_ first: Int, _ last: Int) -> [(String, String)] {
            [
                ("NewStartPort", "\(first)"), ("NewEndPort", "\(last)"), ("NewProtocol", "TCP"),
                ("NewManage", "0"), ("NewNumberOfPorts", "0"),
            ]
        }
        let list = await talk.call("GetListOfPortMappings", version: 2, range(56001, 57000))
        #expect(list.text.ranges(of: "NewLeaseTime&gt;").count == 6)
        #expect(
            await talk.call("DeletePortMappingRange", version: 2, range(6000, 5000)).code == 733)
        #expect(
            await talk.call("DeletePortMappingRange", version: 2, range(56000, 56002)).isSuccess)
        #expect(talk.desk.count == 1)
        #expect(await talk.call("DeletePortMappingRange", version: 2, range(1, 10)).code == 730)
        #expect(await talk.call("GetListOfPortMappings", version: 2, range(1, 10)).code == 730)
    }

    @Test func `a mapping for one sender lets nobody else in, and is not made another's`() async {
        #expect(await talk.add(remote: "198.51.100.7").isSuccess)
        #expect(
            talk.desk.all.first?.sources
                == SourcePolicy(peers: [Sample.peer("198.51.100.7/32", nil)]))
        #expect(await talk.add(remote: "198.51.100.8").code == 718)
        #expect(await talk.add(remote: "example.org").code == 402)
        #expect(await talk.add().isSuccess)
        #expect(talk.desk.all.first?.sources.isAnywhere == true)
    }

    @Test func `what waits for the operator needs a person`() async {
        talk.desk.with { $0.leasing.policy.rules = [LeaseRule(verdict: .ask)] }
        #expect(await talk.add().code == 604)
        #expect(await talk.add(version: 2).code == 604)
    }

    @Test func `changes of one host are limited`() async {
        let talk = UPnPTalk(changes: 3)
        for port in 50_000..<50_003 { #expect(await talk.add(port).isSuccess) }
        #expect(await talk.add(50_003).code == 501)
        #expect(await talk.add(50_003, to: "192.168.1.11", from: "192.168.1.11").isSuccess)
    }

    @Test func `the oddities of old clients are borne`() async {
        _ = await talk.add(3074, 3074, "UDP")
        let body =
            "<?xml version=\"1.0\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body><m:DeletePortMapping xmlns:m=\"urn:schemas-upnp-org:service:WANIPConnection:1\"><NewProtocol>udp</NewProtocol><NewExternalPort> 3074 </NewExternalPort></m:DeletePortMapping></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        let answer = await talk.request(
            "POST", "/ctl/IPConn",
            [("soapaction", "'urn:schemas-upnp-org:service:WANIPConnection:1#DeletePortMapping'")],
            body: body)
        #expect(answer.status == 200)
        #expect(talk.desk.count == 0)
        let empty = await talk.call(
            "AddPortMapping",
            [
                ("NewExternalPort", "57000"), ("NewProtocol", "tcp"), ("NewInternalPort", "57000"),
                ("NewInternalClient", ""), ("NewRemoteHost", "*"),
            ])
        #expect(empty.isSuccess)
    }

    @Test func `Windows sees the first version, others the second`() async {
        func description(_ agent: String?, _ talk: UPnPTalk) async -> String {
            let fields = agent.map { [(name: "User-Agent", value: $0)] } ?? []
            let found = await talk.request("GET", "/rootDesc.xml", fields)
            return String(decoding: found.body, as: UTF8.self)
        }
        let windows = await description("Microsoft-Windows/10.0 UPnP/1.0", talk)
        #expect(windows.contains("InternetGatewayDevice:1") && !windows.contains(":2<"))
        let other = await description("gupnp", talk)
        #expect(other.contains("InternetGatewayDevice:2"))
        #expect(!(await description(nil, UPnPTalk(isFirst: true))).contains(":2<"))
        for path in other.matches(of: /<SCPDURL>(.*?)<\/SCPDURL>/) {
            #expect(await talk.request("GET", String(path.output.1)).status == 200)
        }
    }

    @Test func `counters are told modulo 2^32, speeds up to it`() async {
        let total = await talk.call("GetTotalBytesReceived", .wanCommonInterfaceConfig)
        #expect(
            total["NewTotalBytesReceived"] == "\(UInt32(truncatingIfNeeded: (UInt64(5) << 32) + 7))"
        )
        let link = await talk.call("GetCommonLinkProperties", .wanCommonInterfaceConfig)
        #expect(link["NewLayer1DownstreamMaxBitRate"] == "4294967295")
        #expect(link["NewPhysicalLinkStatus"] == "Up")
    }

    @Test func `pages and strangers are turned away`() async {
        let ok = await talk.request("GET", "/rootDesc.xml")
        #expect(ok.status == 200)
        for host in ["evil.example:5000", "192.168.1.1", "192.168.1.1:80", "192.168.1.2:5000"] {
            #expect(await talk.request("GET", "/rootDesc.xml", host: host).status == 403)
        }
        #expect(await talk.request("GET", "/rootDesc.xml", host: nil).status == 400)
        #expect(await talk.request("GET", "/rootDesc.xml", host: nil, isOld: true).status == 200)
        #expect(await talk.request("GET", "/rootDesc.xml", [("Origin", "http://x")]).status == 403)
        #expect(await talk.request("GET", "/rootDesc.xml", from: "203.0.113.9").status == 403)
        #expect(await talk.request("GET", "/rootDesc.xml", from: "192.168.1.1").status == 403)
    }

    @Test func `what is no request is refused in the words of HTTP`() async {
        #expect(await talk.request("GET", "/nothing").status == 404)
        #expect(await talk.request("GET", "/ctl/IPConn").status == 405)
        #expect(await talk.request("GET", "/evt/IPConn").status == 405)
        #expect(await talk.request("BREW", "/rootDesc.xml").status == 501)
        #expect(await talk.request("POST", "/ctl/IPConn").status == 400)
        #expect(await talk.request("POST", "/ctl/IPConn", [("SOAPAction", "\"")]).status == 400)
        let type = "urn:schemas-upnp-org:service:WANIPConnection:1"
        let bomb =
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
            + UPnPTalk.envelope("GetExternalIPAddress", type).dropFirst(38)
        let header = [(name: "SOAPAction", value: "\"\(type)#GetExternalIPAddress\"")]
        #expect(await talk.request("POST", "/ctl/IPConn", header, body: bomb).status == 400)
        let deep = String(repeating: "<x>", count: 5000)
        #expect(await talk.request("POST", "/ctl/IPConn", header, body: deep).status == 400)
        #expect(await talk.call("Nonsense").code == 401)
        #expect(await talk.call("RequestTermination").code == 602)
        #expect(await talk.call("ForceTermination").code == 606)
        #expect(
            await talk.call("SetConnectionType", [("NewConnectionType", "IP_Routed")]).code == 731)
    }

    @Test func `a long description is cut`() async {
        let answer = await talk.call(
            "AddPortMapping",
            [
                ("NewExternalPort", "57000"), ("NewProtocol", "TCP"), ("NewInternalPort", "57000"),
                ("NewInternalClient", "192.168.1.10"),
                ("NewPortMappingDescription", String(repeating: "é", count: 1500)),
            ])
        #expect(answer.isSuccess)
        #expect(talk.desk.all.first?.comment.unicodeScalars.count == 64)
    }

    @Test func `ten thousand entries are read in a moment`() async {
        talk.desk.with { state in
            for number in 1...10_000 as ClosedRange<UInt16> {
                var forward = Sample.forward(
                    number,
                    Sample.draft(
                        "lease-\(number)", .tcp, Sample.ports(20_000 + number),
                        to: "192.168.1.10"))
                forward.lease = Lease(dialect: .upnp, device: Sample.address("192.168.1.10"))
                state.table.insert(forward)
            }
        }
        let start = ContinuousClock.now
        for index in 0..<1000 {
            let entry = await talk.call(
                "GetGenericPortMappingEntry", [("NewPortMappingIndex", "\(index * 9)")])
            #expect(entry.isSuccess)
        }
        // Making the book for each of them would take minutes.
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}

extension UPnPTalk {
    func call(_ action: String, _ arguments: [(String, String)]) async -> Answer {
        await call(action, .wanIPConnection, version: 1, arguments)
    }

    func call(_ action: String, version: UInt8, _ arguments: [(String, String)]) async -> Answer {
        await call(action, .wanIPConnection, version: version, arguments)
    }

    func add(
        _ external: Int, _ internal: Int, _ transport: String = "TCP", version: UInt8 = 1
    ) async -> Answer {
        await add(external, to: "192.168.1.10", `internal`, transport, version: version)
    }
}
