import Addressing
import Diagnosis
import Forwarding
import LinuxKit
import Netfilter
import TestKit
import Testing

/// One change to a machine on which all is well, and what the doctor says of it.
struct Trouble: CustomTestStringConvertible, Sendable {
    var id: String
    var severity: Finding.Severity
    var settings: [String]?
    var make: @Sendable (inout Observations) -> Void

    var testDescription: String { id }

    init(
        _ id: String, _ severity: Finding.Severity, fixedBy settings: [String]? = nil,
        _ make: @escaping @Sendable (inout Observations) -> Void
    ) {
        (self.id, self.severity, self.settings, self.make) = (id, severity, settings, make)
    }
}

@Suite struct `The doctor's checks` {
    @Test func `a machine on which all is well has no findings`() {
        #expect(Doctor.examine(.well) == [])
    }

    @Test(arguments: Trouble.network + Trouble.settings + Trouble.targets + Trouble.gateway)
    func `each trouble is found, and nothing else`(trouble: Trouble) throws {
        var seen = Observations.well
        trouble.make(&seen)
        let findings = Doctor.examine(seen)
        #expect(findings.map(\.id) == [trouble.id])
        let finding = try #require(findings.first)
        #expect(finding.severity == trouble.severity)
        for text in [finding.what, finding.why, finding.remedy] {
            #expect(!text.isEmpty && !text.hasSuffix("."), "\(text)")
        }
        switch finding.fix {
        case .settings(let changes):
            #expect(changes.map(\.assignment) == trouble.settings)
            for change in changes { #expect(finding.remedy.contains(change.assignment)) }
        case .rewriteSource(let name): #expect(trouble.settings == ["source of \(name)"])
        case nil: #expect(trouble.settings == nil)
        }
    }

    @Test func `IPv6 is routed only after the WAN goes on listening to advertisements`() {
        var seen = Observations.well
        seen.settings["net/ipv6/conf/all/forwarding"] = "0"
        seen.settings["net/ipv6/conf/wan0/accept_ra"] = "1"
        let remedy = Doctor.examine(seen).first?.remedy ?? ""
        let command = "sysctl -w net.ipv6.conf.wan0.accept_ra=2 net.ipv6.conf.all.forwarding=1;"
        #expect(remedy.hasPrefix(command), "\(remedy)")
    }

    @Test func `the worst stands first`() {
        var seen = Observations.well
        for trouble in (Trouble.settings + Trouble.gateway).reversed() { trouble.make(&seen) }
        let severities = Doctor.examine(seen).map(\.severity)
        #expect(severities.count > 8 && severities == severities.sorted())
    }

    @Test func `what is addressed by slashes has dots, unless an interface has`() {
        #expect(SettingChange("net/ipv4/ip_forward", "1").assignment == "net.ipv4.ip_forward=1")
        #expect(
            SettingChange("net/ipv4/conf/eth0.7/rp_filter", "2").assignment
                == "net/ipv4/conf/eth0.7/rp_filter=2")
    }

    static let blocks: [(String, Bool)] = [
        ("100.63.255.255", false), ("100.64.0.0", true), ("100.127.255.255", true),
        ("100.128.0.0", false), ("172.15.255.255", false), ("172.16.0.0", true),
        ("172.31.255.255", true), ("172.32.0.0", false), ("192.0.0.5", true),
        ("192.168.255.255", true), ("10.0.0.1", true), ("11.0.0.1", false), ("203.0.113.5", false),
        ("169.254.1.1", true),
    ]

    @Test(arguments: blocks)
    func `addresses that the internet does not reach are told from those that it does`(
        text: String, isFound: Bool
    ) {
        var seen = Observations.well
        seen.rename(wan: text)
        let codes = Doctor.examine(seen).map(\.code)
        let own = codes.contains("wan-carrier-nat") || codes.contains("wan-private-address")
        #expect(own == isFound)
    }

    static let servers: [(String, String?)] = [
        ("stun.example.net", "3478"), ("stun.example.net:19302", "19302"), ("192.0.2.7", "3478"),
        ("[2001:db8::7]:1", "1"), ("2001:db8::7", "3478"), ("", nil), ("a b", nil), ("x:", nil),
        ("x:0", nil), ("x:70000", nil), ("[2001:db8::7]1", nil), ("x:1:2", nil),
    ]

    @Test(arguments: servers) func `a STUN server is a place`(text: String, port: String?) {
        #expect(STUNServer(text).map { "\($0.port)" } == port)
    }
}

extension Observations {
    /// The lab's gateway with one forward whose target answers.
    static let well: Observations = {
        var table = ForwardingTable()
        table.insert(Sample.forward())
        var surroundings = Sample.surroundings
        surroundings.network.wans = [Sample.interface("wan0")]
        surroundings.network.links.removeAll { $0.interface.text == "wan1" }
        var seen = Observations(
            Trace(table: table, surroundings: surroundings, now: Sample.now))
        for name in ["wan0", "br0", "guest0"] {
            seen.interfaces[Sample.interface(name)] = Interface(isBridge: name == "br0")
        }
        seen.defaultRoutes = [
            Route(.v4, Sample.interface("wan0"), Sample.address("203.0.113.9")),
            Route(.v6, Sample.interface("wan0"), Sample.address("2001:db8:ff::9")),
        ]
        seen.settings = [
            "net/ipv4/ip_forward": "1", "net/ipv6/conf/all/forwarding": "1",
            "net/ipv4/conf/all/rp_filter": "1", "net/bridge/bridge-nf-call-iptables": "0",
            "net/netfilter/nf_conntrack_max": "65536", "net/netfilter/nf_conntrack_count": "10",
            "net/netfilter/nf_conntrack_udp_timeout": "120",
        ]
        seen.clockIsSynchronised = true
        let target = Sample.endpoint("192.168.7.10", 8443)
        seen.answers = [
            TargetProbe.Question(target): .answered,
            TargetProbe.Question(target, from: Sample.address("203.0.113.5")): .answered,
        ]
        seen.targetHolders = [IPv4Address(192, 168, 7, 10): [.one]]
        return seen
    }()

    mutating func rename(wan address: String, length: Int = 24) {
        let wan = Sample.interface("wan0")
        situation.surroundings.network.links.removeAll {
            $0.interface == wan && $0.address.family == .v4
        }
        situation.surroundings.network.links.append(
            Link(interface: wan, address: Sample.address(address), prefixLength: length))
    }

    /// Has the one target answer in this way, to a question from outside in that.
    mutating func answer(_ near: TCPProbe.Answer, _ far: TCPProbe.Answer? = nil) {
        let target = Sample.endpoint("192.168.7.10", 8443)
        answers[TargetProbe.Question(target)] = near
        answers[TargetProbe.Question(target, from: Sample.address("203.0.113.5"))] = far ?? near
    }
}

extension MACAddress {
    static let one = MACAddress(octets: [2, 0, 0, 0, 0, 1]) ?? zero
    static let two = MACAddress(octets: [2, 0, 0, 0, 0, 2]) ?? zero
    private static var zero: MACAddress {
        guard let zero = MACAddress(octets: [0, 0, 0, 0, 0, 0]) else {
            preconditionFailure("six octets")
        }
        return zero
    }
}
