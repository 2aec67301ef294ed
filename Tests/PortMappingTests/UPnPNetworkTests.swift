import Addressing
import Forwarding
import TestKit
import Testing

@testable import PortMapping

@Suite struct `UPnP when networks change` {
    @Test func `a network that stays hears of the new boot, and no goodbye`() async throws {
        try await UPnPLab.with(inside: []) { lab in
            let home = try await Ear(on: lab.lab.lan1, "192.168.7.10")
            let guest = try await Ear(on: lab.lab.guest, "192.168.9.30")
            await lab.follow(inside: ["br0"])
            #expect(try await home.hears("ssdp:alive"))
            let first = try #require(try home.boots("ssdp:alive").last)
            await lab.follow(inside: ["br0", "guest0"])
            #expect(try await guest.hears("ssdp:alive"))
            // Goodbye first, where nobody can know what is true.
            #expect(try guest.all().first?["NTS"] == "ssdp:byebye")
            let second = try #require(try guest.boots("ssdp:alive").last)
            #expect(second > first)
            #expect(
                try guest.all().allSatisfy {
                    $0["LOCATION"].map { $0.hasPrefix("http://192.168.9.1:5000/") } ?? true
                })
            let isTold = try await eventually(within: 300) {
                try home.boots("ssdp:alive").last == second
            }
            #expect(isTold)
            let heard = try home.all()
            let update = try #require(heard.firstIndex { $0["NTS"] == "ssdp:update" })
            #expect(heard[update]["BOOTID.UPNP.ORG"] == "\(first)")
            #expect(heard[update]["NEXTBOOTID.UPNP.ORG"] == "\(second)")
            #expect(heard[update]["LOCATION"] == "http://192.168.7.1:5000/rootDesc.xml")
            #expect(!heard[update...].contains { $0["NTS"] == "ssdp:byebye" })
            // All that it is: rootdevice, three devices twice, five services.
            #expect(Set(heard.filter { $0["NTS"] == "ssdp:update" }.map { $0["USN"] }).count == 12)
        }
    }

    @Test func `a subscription outlives the coming and going of another network`() async throws {
        try await UPnPLab.with(inside: ["br0"]) { lab in
            let listener = try await BackgroundProcess(
                ["python3", "-uc", Self.subscribing], on: lab.lab.lan1, ready: "SEQ: 0")
            await lab.follow(inside: ["br0", "guest0"])
            #expect(
                try await lab.ask(
                    Self.root("192.168.9.1"), on: lab.lab.guest, at: "192.168.9.1"
                ).contains("200"))
            await lab.follow(inside: ["br0"])
            #expect(await lab.server.site.events.count == 1)
            lab.desk.with { $0.network = UPnPLab.network(["br0"], "203.0.113.77") }
            await lab.server.tell(.addressChanged, lab.desk.standingNow)
            let isTold = try await eventually(within: 300) {
                try listener.text().contains("<ExternalIPAddress>203.0.113.77<")
            }
            #expect(isTold)
            listener.end(by: 9)
        }
    }

    @Test func `another address is served, with a goodbye in the old one's name`() async throws {
        try await UPnPLab.with(inside: []) { lab in
            let ear = try await Ear(on: lab.lab.lan1, "192.168.7.10")
            await lab.follow(inside: ["br0"])
            #expect(try await ear.hears("ssdp:alive"))
            try lab.lab.gateway.shell("ip addr add 192.168.7.2/24 dev br0")
            await Self.addSecond(to: lab)
            let isServed = try await eventually(within: 300) {
                try ear.all().contains {
                    $0["NTS"] == "ssdp:alive"
                        && $0["LOCATION"] == "http://192.168.7.2:5000/rootDesc.xml"
                }
            }
            #expect(isServed)
            let heard = try ear.all()
            let alive = try #require(heard.firstIndex { $0["LOCATION"]?.contains("7.2:") == true })
            let goodbye = try #require(heard[..<alive].lastIndex { $0["NTS"] == "ssdp:byebye" })
            #expect(heard[..<goodbye].contains { $0["NTS"] == "ssdp:alive" })
            let page = try await lab.ask(Self.root("192.168.7.2"), at: "192.168.7.2")
            #expect(page.hasPrefix("HTTP/1.1 200"))
        }
    }

    /// As one is that the kernel still checks for another owner.
    @Test func `an address that is not to be had yet is served when it is`() async throws {
        try await UPnPLab.with(inside: []) { lab in
            let ear = try await Ear(on: lab.lab.lan1, "192.168.7.10")
            await lab.follow(inside: ["br0"])
            await Self.addSecond(to: lab)
            // What is to be had is served meanwhile, in the new boot.
            let page = try await lab.ask(Self.root("192.168.7.1"))
            #expect(page.hasPrefix("HTTP/1.1 200"))
            #expect(try await ear.hears("ssdp:alive"))
            #expect(try !ear.all().contains { $0["LOCATION"]?.contains("7.2:") == true })
            try lab.lab.gateway.shell("ip addr add 192.168.7.2/24 dev br0")
            let isServed = try await eventually(within: 300) {
                try ear.all().contains {
                    $0["NTS"] == "ssdp:alive" && $0["LOCATION"]?.contains("7.2:") == true
                }
            }
            #expect(isServed)
            let boots = try ear.boots("ssdp:alive")
            #expect(try #require(boots.last) > #require(boots.first))
            let second = try await lab.ask(Self.root("192.168.7.2"), at: "192.168.7.2")
            #expect(second.hasPrefix("HTTP/1.1 200"))
        }
    }

    /// The desk hears that the gateway has one more address at home.
    private static func addSecond(to lab: UPnPLab) async {
        lab.desk.with {
            $0.network.links.append(
                Link(
                    interface: Sample.interface("br0"), address: Sample.address("192.168.7.2"),
                    prefixLength: 24))
        }
        await lab.follow()
    }

    private static func root(_ address: String) -> String {
        "GET /rootDesc.xml HTTP/1.1\r\nHost: \(address):5000\r\n\r\n"
    }

    private static let subscribing = """
        import socket
        l = socket.socket(); l.bind(("192.168.7.10", 2001)); l.listen(8)
        c = socket.create_connection(("192.168.7.1", 5000))
        c.sendall(b"SUBSCRIBE /evt/IPConn HTTP/1.1\\r\\nHost: 192.168.7.1:5000\\r\\nNT: upnp:event\\r\\nCALLBACK: <http://192.168.7.10:2001/>\\r\\n\\r\\n")
        while True:
            e, _ = l.accept(); text = b""
            while b"propertyset>\\r\\n" not in text: text += e.recv(9999)
            print(text.decode())
            e.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n"); e.close()
        """
}

/// A machine that hears what is said to the group of UPnP.
private struct Ear {
    private let listener: BackgroundProcess

    init(on host: Host, _ address: String) async throws {
        let script = """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            s.bind(("239.255.255.250", 1900))
            s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.255.255.250") + socket.inet_aton("\(address)"))
            print("ready")
            while True: print(s.recv(2000).decode(), end="=\\n")
            """
        listener = try await BackgroundProcess(
            ["python3", "-uc", script], on: host, ready: "ready")
    }

    /// The fields of every message, in the order in which they came.
    func all() throws -> [[String: String]] {
        try listener.text().split(separator: "=\n").map { message in
            var fields: [String: String] = [:]
            for line in message.split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: ": ", maxSplits: 1)
                if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
            }
            return fields
        }.filter { $0["NTS"] != nil }
    }

    func hears(_ kind: String) async throws -> Bool {
        try await eventually(within: 300) { try all().contains { $0["NTS"] == kind } }
    }

    func boots(_ kind: String) throws -> [UInt32] {
        try all().filter { $0["NTS"] == kind }.compactMap {
            $0["BOOTID.UPNP.ORG"].flatMap { UInt32($0) }
        }
    }
}
