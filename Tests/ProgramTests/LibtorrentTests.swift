import Addressing
import Foundation
import TestKit
import Testing

/// A client of PCP that none of us wrote: the library of most BitTorrent programs.
@Suite struct `libtorrent` {
    private static let served = ["--wan", "wan0", "--mapping", "pcp"]
    private let outside = Sample.endpoint("203.0.113.5", 51_500)

    /// Listens at a port and has it mapped, until it is ended.
    private static let program = """
        import libtorrent, sys, time
        s = libtorrent.session({"listen_interfaces": "192.168.7.10:51500",
            "enable_natpmp": True, "enable_upnp": False, "enable_dht": False, "enable_lsd": False,
            "alert_mask": libtorrent.alert.category_t.port_mapping_notification
                | libtorrent.alert.category_t.error_notification})
        print("started", flush=True)
        while True:
            s.wait_for_alert(500)
            for a in s.pop_alerts():
                print(type(a).__name__, a.message(), flush=True)
        """

    private func leases(_ gateway: GatewayProcess) throws -> [Leases.Entry] {
        try gateway.json(["list"], as: Leases.self).forwards
    }

    @Test func `opens its ports by PCP`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            #expect(
                try await Wire.connected(on: lab.internet, to: outside, within: 300) == nil)
            let client = try await BackgroundProcess(
                ["/usr/bin/python3", "-c", Self.program], on: lab.lan1, ready: "started")
            let isOpen = try await eventually(within: 300) {
                try Set(leases(gateway).map(\.external)) == ["51500/tcp", "51500/udp"]
            }
            var said = try client.text()
            #expect(isOpen, "\(said) \(gateway.log)")
            let all = try leases(gateway)
            #expect(all.allSatisfy { $0.lease?.protocol == "pcp" })
            #expect(all.allSatisfy { $0.lease?.device == "192.168.7.10" && $0.lease?.mac != nil })
            let told = try await eventually(within: 300) {
                try client.text().contains("external port: TCP/51500")
            }
            said = try client.text()
            #expect(told, "\(said)")
            let wire = try await Wire.connected(on: lab.internet, to: outside, within: 3000)
            #expect(wire != nil)
            client.end(by: SIGKILL)
        }
    }
}
