import Addressing
import Diagnosis
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit

extension Trouble {
    private static let wan = Sample.interface("wan0")

    static let network: [Trouble] = [
        Trouble("no-wan", .problem) { seen in
            seen.situation.surroundings.network.wans = []
            seen.defaultRoutes = []
        },
        Trouble("wan-without-address:wan0", .problem) { seen in
            seen.situation.surroundings.network.links.removeAll { $0.interface == wan }
        },
        Trouble("wan-swapped:wan0", .problem) { seen in
            seen.defaultRoutes = [Observations.Route(.v4, Sample.interface("guest0"), nil)]
            seen.settings["net/ipv4/conf/all/rp_filter"] = "0"
        },
        Trouble("subnets-overlap:br0", .problem) { seen in
            seen.situation.surroundings.network.links.append(
                Link(
                    interface: Sample.interface("br0"), address: Sample.address("203.0.113.200"),
                    prefixLength: 25))
        },
        Trouble("wan-carrier-nat:wan0", .problem) { $0.rename(wan: "100.64.7.5", length: 10) },
        Trouble("wan-private-address:wan0", .warning) { $0.rename(wan: "192.168.1.20") },
        Trouble("wan-seen-differently:wan0", .problem) { seen in
            seen.mirrors = [
                Observations.Mirror(
                    wan, Sample.address("203.0.113.5"), seen: Sample.address("198.51.100.77"))
            ]
        },
        Trouble("stun-silent:wan0", .note) { seen in
            seen.mirrors = [Observations.Mirror(wan, Sample.address("203.0.113.5"), seen: nil)]
        },
        Trouble("duplicate-address:192.168.7.1", .problem) { seen in
            seen.duplicates = [
                Observations.Holder(Sample.address("192.168.7.1"), Sample.interface("br0"), [.two])
            ]
        },
        Trouble("mtu-too-small:wan0", .problem) { seen in
            for name in seen.interfaces.keys { seen.interfaces[name]?.mtu = 1200 }
        },
        Trouble("mtu-differs:wan0", .note) { $0.interfaces[wan]?.mtu = 1492 },
    ]

    static let settings: [Trouble] = [
        Trouble("routing-off:IPv4", .problem, fixedBy: ["net.ipv4.ip_forward=1"]) {
            $0.settings["net/ipv4/ip_forward"] = "0"
        },
        Trouble("routing-off:IPv6", .note) { $0.settings["net/ipv6/conf/all/forwarding"] = "0" },
        Trouble("interface-routing-off:br0", .problem, fixedBy: ["net.ipv4.conf.br0.forwarding=1"])
        {
            $0.settings["net/ipv4/conf/br0/forwarding"] = "0"
        },
        Trouble(
            "advertisements-ignored:wan0", .warning, fixedBy: ["net.ipv6.conf.wan0.accept_ra=2"]
        ) { $0.settings["net/ipv6/conf/wan0/accept_ra"] = "1" },
        Trouble("reverse-path-strict:wan1", .problem, fixedBy: ["net.ipv4.conf.wan1.rp_filter=2"]) {
            seen in
            let second = Sample.interface("wan1")
            seen.situation.surroundings.network.wans.append(second)
            seen.situation.surroundings.network.links.append(
                Link(interface: second, address: Sample.address("192.0.2.5"), prefixLength: 24))
        },
        Trouble("bridge-netfilter", .warning) {
            $0.settings["net/bridge/bridge-nf-call-iptables"] = "1"
        },
        Trouble(
            "conntrack-nearly-full", .warning, fixedBy: ["net.netfilter.nf_conntrack_max=131072"]
        ) { $0.settings["net/netfilter/nf_conntrack_count"] = "60000" },
        Trouble("conntrack-small", .note, fixedBy: ["net.netfilter.nf_conntrack_max=65536"]) {
            $0.settings["net/netfilter/nf_conntrack_max"] = "8192"
        },
        Trouble(
            "time-outs-default", .note,
            fixedBy: [
                "net.netfilter.nf_conntrack_udp_timeout=120",
                "net.netfilter.nf_conntrack_icmp_timeout=60",
            ]
        ) { seen in
            seen.settings["net/netfilter/nf_conntrack_udp_timeout"] = "30"
            seen.settings["net/netfilter/nf_conntrack_icmp_timeout"] = "30"
        },
        Trouble(
            "time-outs-short", .warning,
            fixedBy: ["net.netfilter.nf_conntrack_tcp_timeout_established=7440"]
        ) { $0.settings["net/netfilter/nf_conntrack_tcp_timeout_established"] = "3600" },
    ]

    static let targets: [Trouble] = [
        Trouble("target-absent:nas", .problem) { seen in
            seen.answer(.silent)
            seen.targetHolders = [IPv4Address(192, 168, 7, 10): []]
        },
        Trouble("target-refuses:nas", .warning) { $0.answer(.refused) },
        Trouble("target-silent:nas", .warning) { $0.answer(.silent) },
        Trouble("answers-elsewhere:nas", .problem, fixedBy: ["source of nas"]) {
            $0.answer(.answered, .silent)
        },
        Trouble("target-doubled:192.168.7.10", .problem) {
            $0.targetHolders = [IPv4Address(192, 168, 7, 10): [.one, .two]]
        },
        Trouble("listener-hidden:nas", .warning) {
            $0.listeners = [Listener(transport: .tcp, address: nil, port: 8443, program: "nginx")]
        },
        Trouble("targets-not-asked", .note) { $0.unaskedTargets = 7 },
    ]

    static let gateway: [Trouble] = [
        Trouble("clock-unsynchronised", .note) { $0.clockIsSynchronised = false },
        Trouble("clock-wrong", .problem) { $0.situation.now = Timestamp(seconds: 1000) },
        Trouble("table-contested", .problem) {
            $0.report.contest = TableDisturbance(program: "nft", thread: 7)
        },
        Trouble("kernel-feature-missing:persist", .note) {
            $0.report.engine = EngineCapabilities(
                engine: "kernel", isProtected: false, missing: ["persist"])
        },
        Trouble("table-unprotected", .note) {
            $0.report.engine = EngineCapabilities(engine: "kernel", isProtected: false)
        },
        Trouble("forward-suspended:nas", .problem) { $0.report.suspended = [Sample.name("nas")] },
        Trouble("target-unknown:nas", .problem) { seen in
            seen.situation.table.insert(Sample.forward(1, Sample.draft(to: "nas.lan")))
        },
        Trouble("forward-without-address:nas", .problem) { seen in
            let pinned = Sample.draft(scope: .address(Sample.address("203.0.113.77")))
            seen.situation.table.insert(Sample.forward(1, pinned))
        },
        Trouble("not-looked-at:listeners", .note) {
            $0.unread = [Observations.Unread(.listeners, 1)]
        },
        // P26 of the pains; the kernels of test machines often have no flow offload.
        Trouble("flow-offload:inet fast forward", .warning) {
            $0.foreign.add(
                DumpedRule(
                    .inet, "fast", "forward", handle: 3, [.counter, .unknown("flow_offload")]))
        },
        Trouble("legacy-tables", .note) { $0.unreadLegacyTables = ["ip filter"] },
        Trouble("tables-not-followed", .note) {
            $0.foreign.tables = [DumpedTable(family: .bridge, name: "filter")]
        },
    ]
}
