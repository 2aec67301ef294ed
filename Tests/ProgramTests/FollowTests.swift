import Addressing
import Foundation
import TestKit
import Testing

/// Targets that are named, not numbered.
@Suite struct `Followed targets` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    @Test func `a name is asked for again by its time to live, and the last good answer is kept`()
        async throws
    {
        try await Lab.with { lab in
            let first = try await Echo("first", on: lab.lan1, .tcp, 443)
            let second = try await Echo("second", on: lab.lan2, .tcp, 443)
            let names = try await NameServer(on: lab.gateway)
            try await names.serve("nas.lan", at: "192.168.7.10")
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "nas.lan:443", "--name", "nas")
            #expect(try await asks(outside, from: lab.internet) == "first")
            try await names.serve("nas.lan", at: "192.168.7.20")
            #expect(
                try await eventually(within: 10) {
                    try await asks(outside, from: lab.internet, within: 300) == "second"
                })
            try await names.serve("other.lan", at: "192.168.7.99")
            // The server knows nothing of the name any more, and is asked twice.
            #expect(await eventually(within: 300) { names.timesAsked(for: "nas.lan") >= 2 })
            #expect(try await asks(outside, from: lab.internet) == "second")
            #expect(try gateway.json(["show", "nas"], as: Shown.self).targets == ["192.168.7.20"])
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test func `a hardware address is followed through the neighbour table`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let mac = try lab.lan1.shell("cat /sys/class/net/eth0/address").trimmingCharacters(
                in: .whitespacesAndNewlines)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let added = try gateway.cli("add", "8443/tcp", "[\(mac)]:443", "--name", "nas")
            #expect(added.succeeded)
            try lab.lan1.shell("ping -c 1 -W 2 192.168.7.1 >/dev/null")
            #expect(
                try await eventually {
                    try await asks(outside, from: lab.internet, within: 300) == "nas"
                })
            try lab.lan1.shell(
                """
                ip addr del 192.168.7.10/24 dev eth0
                ip addr add 192.168.7.55/24 dev eth0
                ip route replace default via 192.168.7.1
                """)
            try lab.gateway.shell("ip neigh del 192.168.7.10 dev br0 || true")
            try lab.lan1.shell("ping -c 1 -W 2 192.168.7.1 >/dev/null")
            #expect(
                try await eventually(within: 10) {
                    try await asks(outside, from: lab.internet, within: 300) == "nas"
                })
            #expect(
                try gateway.json(["show", "nas"], as: Shown.self).targets.contains("192.168.7.55"))
            withExtendedLifetime(server) {}
        }
    }
}

/// Debian's dnsmasq on a lab host, which answers from a hosts file with a time to live of one second.
private final class NameServer: @unchecked Sendable {
    // SAFETY: one test uses it, one call after the other.
    private var id = ""
    private let host: TestKit.Host
    private let folder: URL

    init(on host: TestKit.Host) async throws {
        self.host = host
        // `ip netns exec` shows the files of this folder under /etc.
        folder = URL(filePath: "/etc/netns/\(host.namespace)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("nameserver 127.0.0.1\n".utf8).write(to: folder.appending(path: "resolv.conf"))
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private var queries: URL { folder.appending(path: "queries") }

    /// Since the last `serve`.
    func timesAsked(for name: String) -> Int {
        let log = (try? Data(contentsOf: queries)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return log.split(separator: "\n").count { $0.contains("query[A] \(name) ") }
    }

    func stop() {
        guard !id.isEmpty else { return }
        _ = try? Command.shell("kill -9 \(id)")
        id = ""
    }

    func serve(_ name: String, at address: String) async throws {
        stop()
        try Data().write(to: queries)
        // Started by a shell: dnsmasq closes every descriptor that it inherits, and Foundation takes
        // that of its own for the end of the process.
        id = try host.shell(
            """
            dnsmasq --keep-in-foreground --no-hosts --no-resolv --listen-address=127.0.0.1 \
                --bind-interfaces --pid-file= --user=root --conf-file=/dev/null \
                --host-record=\(name),\(address),1 --log-queries --log-facility=\(queries.path) \
                >/dev/null 2>&1 &
            echo $!
            """
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let isUp = try await eventually(within: 300) {
            try host.command(["ss", "-Hlun", "sport", "=", ":53"]).output.contains("127.0.0.1")
        }
        #expect(isUp)
    }
}
