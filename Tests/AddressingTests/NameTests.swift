import Addressing
import TestKit
import Testing

@Suite struct `Host name` {
    @Test(arguments: [
        ("nas", "nas"), ("NAS.Lan", "nas.lan"), ("nas.lan.", "nas.lan"),
        ("a-b.example", "a-b.example"),
        ("_sip._tcp.example", "_sip._tcp.example"), ("1and1.example", "1and1.example"),
        ("192.168.7.x", "192.168.7.x"), ("xn--nave-6pa.example", "xn--nave-6pa.example"),
    ])
    func `letters, digits and inner hyphens make a name, in lower case`(text: String, name: String)
    {
        #expect(HostName(text)?.text == name)
    }

    @Test(arguments: [
        "", ".", "..", ".lan", "nas..lan", "nas.lan..", "-nas", "nas-", "nas.-lan", "na s", "näs",
        "nas/lan", "nas:80", "nas\n", "nas\u{0}", "1.2.3.4", "1.2.3", "12", "nas.1", "n*s",
        "nas\u{212a}",
    ])
    func `anything else is refused, and so is what looks like a broken address`(text: String) {
        #expect(HostName(text) == nil)
    }

    @Test func `a label has at most 63 bytes, a name 253`() {
        let label = String(repeating: "a", count: 63)
        #expect(HostName(label) != nil)
        #expect(HostName(label + "a") == nil)
        let longest = "\(label).\(label).\(label)." + String(repeating: "b", count: 61)
        #expect(longest.utf8.count == 253)
        #expect(HostName(longest) != nil)
        #expect(HostName(longest + ".") != nil)
        #expect(HostName(longest + "b") == nil)
    }
}

@Suite struct `Interface name` {
    @Test(arguments: [
        "eth0", "br-lan", "enp3s0.100", "wan@2", "...", "a", "abcdefghijklmno", "ünet",
    ])
    func `what the kernel accepts is a name`(text: String) {
        #expect(InterfaceName(text)?.text == text)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "eth0:1", "eth 0", "eth\t0", "eth0\n", "abcdefghijklmnop",
        "eth\u{0}", "eth\u{7f}", "üüüüüüüü",
    ])
    func `what the kernel refuses is none`(text: String) {
        #expect(InterfaceName(text) == nil)
    }
}

@Suite struct `Transport protocols` {
    @Test(arguments: [Transports.tcp, .udp, .tcpAndUDP, .sctp])
    func `what is printed is read back, in either case`(transports: Transports) {
        #expect(Transports(transports.description) == transports)
        #expect(Transports(transports.description.uppercased()) == transports)
    }

    @Test func `both may come in either order`() {
        #expect(Transports("udp+tcp") == .tcpAndUDP)
        #expect(Transports("UDP+TCP") == .tcpAndUDP)
    }

    @Test(arguments: ["", "icmp", "tcp,udp", "tcp+", "+tcp", "tcp + udp", "tcp+sctp", "6", "any"])
    func `anything else is refused`(text: String) {
        #expect(Transports(text) == nil)
    }

    @Test func `each carries its protocols`() {
        #expect(Transports.tcpAndUDP.all == [.tcp, .udp])
        #expect(Transports.sctp.all == [.sctp])
        #expect(Transports.tcp.contains(.tcp))
        #expect(!Transports.tcp.contains(.udp))
        #expect(Transports.tcpAndUDP.contains(.udp))
    }

    @Test func `protocols have the numbers of the IP header`() {
        #expect(TransportProtocol.allCases.map(\.rawValue) == [6, 17, 132])
        #expect(TransportProtocol.allCases.map(\.name) == ["tcp", "udp", "sctp"])
    }
}
