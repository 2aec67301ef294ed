import Foundation
import TestKit

/// Debian's miniupnpd on a router between the lab's gateway and its internet.
///
///     internet 192.0.3.1 ── 192.0.3.2 guest 192.168.1.1 ── 192.168.1.20 gateway (guest0)
///
/// 192.0.3.0/24 is an address like any other, for which miniupnpd opens ports; those for examples are not.
final class FrontRouter {
    enum Speech: String, CaseIterable, Sendable {
        case pcp, upnp

        var title: String { self == .pcp ? "PCP" : "UPnP" }
    }

    private let host: TestKit.Host
    private let speech: Speech
    private let folder: URL
    private var process: BackgroundProcess?
    private var started = ContinuousClock.now

    /// How long it has been there since it was started last.
    var age: Duration { started.duration(to: .now) }

    init(in lab: Lab, speaking speech: Speech) async throws {
        host = lab.guest
        self.speech = speech
        folder = FileManager.default.temporaryDirectory.appending(path: "router-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.connect(lab)
        try Data(configuration.utf8).write(to: folder.appending(path: "conf"))
        try await start()
    }

    deinit {
        process?.end(by: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    private func start() async throws {
        let file = folder.appending(path: "conf").path
        let number = folder.appending(path: "pid").path
        started = .now
        process = try await BackgroundProcess(
            ["miniupnpd", "-d", "-f", file, "-P", number], on: host,
            ready: speech == .pcp ? "Listening for NAT-PMP/PCP" : "HTTP listening")
    }

    /// Starts it anew, without what it had mapped.
    func restart() async throws {
        stop()
        try await start()
    }

    func stop() {
        process?.end(by: SIGKILL)
        process = nil
        try? FileManager.default.removeItem(at: folder.appending(path: "pid"))
        for chain in ["mapped", "mapped_nat", "mapped_source"] {
            _ = try? host.shell("nft flush chain inet filter \(chain)")
        }
    }

    private static func connect(_ lab: Lab) throws {
        try lab.guest.shell(
            """
            ip link add up0 type veth peer name eth2 netns \(lab.internet.namespace)
            ip address add 192.0.3.2/24 dev up0
            ip link set up0 up
            ip address flush dev eth0 scope global
            ip address add 192.168.1.1/24 dev eth0
            sysctl -qw net.ipv4.ip_forward=1
            nft -f - <<'RULES'
            table inet filter {
              chain mapped { }
              chain mapped_nat { }
              chain mapped_source { }
              chain forward {
                type filter hook forward priority 0; policy drop
                ct state established,related accept
                iifname "eth0" accept
                jump mapped
              }
              chain prerouting { type nat hook prerouting priority -100; jump mapped_nat; }
              chain postrouting {
                type nat hook postrouting priority 100
                jump mapped_source
                oifname "up0" masquerade
              }
            }
            RULES
            """)
        try lab.internet.shell("ip address add 192.0.3.1/24 dev eth2; ip link set eth2 up")
        try lab.guest.shell("ip route replace default via 192.0.3.1")
        try lab.gateway.shell(
            """
            ip address flush dev guest0 scope global
            ip address add 192.168.1.20/24 dev guest0
            ip link set wan0 down
            ip route replace default via 192.168.1.1 dev guest0
            """)
    }

    private var configuration: String {
        """
        ext_ifname=up0
        listening_ip=eth0
        http_port=5000
        enable_natpmp=\(speech == .pcp ? "yes" : "no")
        enable_upnp=\(speech == .upnp ? "yes" : "no")
        secure_mode=yes
        system_uptime=no
        upnp_table_name=filter
        upnp_nat_table_name=filter
        upnp_forward_chain=mapped
        upnp_nat_chain=mapped_nat
        upnp_nat_postrouting_chain=mapped_source
        uuid=73a9cb68-a00b-4d2f-8412-87f6be1b0cd9
        min_lifetime=120
        max_lifetime=86400
        allow 1024-65535 192.168.1.0/24 1024-65535
        deny 0-65535 0.0.0.0/0 0-65535

        """
    }
}
