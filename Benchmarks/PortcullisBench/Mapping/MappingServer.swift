import Foundation
import Glibc

/// What answers the devices.
enum MappingServer: String, CaseIterable {
    case portcullis, miniupnpd

    /// One that answers, and its process.
    struct Running {
        let processes: ProcessTree

        /// What it keeps in memory.
        func mebibytes() -> Double { processes.privateBytes / 1_048_576 }
    }

    /// Starts it at the gateway, hands it to `body` when it answers, and ends it.
    func inForce(
        in lab: Lab, _ options: Options, _ cleanup: Cleanup, _ body: (Running) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(lab.gateway.name)-\(rawValue)-\(UInt32.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let remove: @Sendable () -> Void = { try? FileManager.default.removeItem(at: folder) }
        cleanup.add(remove)
        defer { remove() }
        switch self {
        case .portcullis: try portcullis(folder, lab, options, cleanup, body)
        case .miniupnpd: try miniupnpd(folder, lab, cleanup, body)
        }
    }

    /// The limits of a home are not for two hundred addresses that ask without a pause, all of one hardware
    /// address, which is one device.
    ///
    /// What it would leave behind would serve the next round, and miniupnpd's.
    private static let settings = """
        [daemon]
        on_stop = "withdraw"
        [mapping]
        protocols = ["pcp", "nat-pmp"]
        per_device = 60000
        in_all = 60000
        requests_per_device = 100000
        requests_per_interface = 100000
        [[mapping.rule]]
        action = "allow"
        risky = true

        """

    private func portcullis(
        _ folder: URL, _ lab: Lab, _ options: Options, _ cleanup: Cleanup,
        _ body: (Running) throws -> Void
    ) throws {
        let file = folder.appending(path: "portcullis.toml")
        try Data(Self.settings.utf8).write(to: file)
        let daemon = Daemon(
            lab.gateway, program: options.program, folder: folder,
            options: ["--config", file.path], cleanup)
        try daemon.start()
        defer { daemon.stop() }
        try Self.wait(in: lab)
        try body(Running(processes: daemon.processes))
    }

    /// It refuses an external address that is for documentation, so it is told another.
    private static let conf = """
        ext_ifname=wan0
        listening_ip=lan0
        ext_ip=5.45.100.5
        enable_natpmp=yes
        enable_upnp=no
        secure_mode=yes
        uuid=00000000-0000-4000-8000-000000000001
        allow 1-65535 0.0.0.0/0 1-65535

        """

    /// The chains that its package makes, with an accepting policy.
    private static let chains = """
        table inet filter {
            chain miniupnpd { }
            chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
            chain prerouting_miniupnpd { }
            chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
            chain postrouting_miniupnpd { }
            chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
        }

        """

    private func miniupnpd(
        _ folder: URL, _ lab: Lab, _ cleanup: Cleanup, _ body: (Running) throws -> Void
    ) throws {
        let (conf, chains) = (folder.appending(path: "conf"), folder.appending(path: "chains"))
        try Data((Self.conf + "lease_file=\(folder.path)/leases\n").utf8).write(to: conf)
        try Data(Self.chains.utf8).write(to: chains)
        try lab.gateway.run("nft", "-f", chains.path)
        defer { try? lab.gateway.run("nft", "delete", "table", "inet", "filter") }
        let number = try startMiniupnpd(folder, lab)
        let tree = ProcessTree(roots: [number])
        cleanup.add { tree.kill() }
        defer { tree.kill() }
        try Self.wait(in: lab)
        try body(Running(processes: tree))
    }

    /// Starts it, and waits until it has said its number.
    ///
    /// It goes on in the background with all descriptors that it was given, also that by which Foundation
    /// sees a program's end: whoever waited for this one's would wait for ever.
    private func startMiniupnpd(_ folder: URL, _ lab: Lab) throws -> Int32 {
        let (file, log) = (folder.appending(path: "pid"), folder.appending(path: "log"))
        try Data().write(to: log)
        _ = try Programs.start(
            [
                "ip", "netns", "exec", lab.gateway.name, "miniupnpd",
                "-f", folder.appending(path: "conf").path, "-P", file.path,
            ], output: try FileHandle(forWritingTo: log))
        for _ in 0..<500 {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            if text.hasSuffix("\n"), let number = Int32(text.dropLast()), number > 1 {
                return number
            }
            usleep(20_000)
        }
        throw Failure("miniupnpd did not start: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// Until it says the external address.
    private static func wait(in lab: Lab) throws {
        let socket = try lab.server.inside { try Sockets.udp() }
        defer { close(socket) }
        Sockets.setPatience(socket, milliseconds: 100)
        let answer = Buffer(64)
        for _ in 0..<100 {
            // Where nobody listens yet the kernel says so at the next call.
            _ = Sockets.connect(socket, Place("192.168.7.1", 5351))
            let question = Buffer(2)
            _ = question.send(socket, 2)
            if answer.receive(socket) == 12 { return }
            usleep(20_000)
        }
        throw Failure("nobody answers by NAT-PMP")
    }

    /// Has `count` mappings there.
    ///
    /// Ten thousand requests would take miniupnpd more than an hour; as many rules are put there as it
    /// would have written, in nft's words for them (they are its only table).
    func fill(_ count: Int, in lab: Lab, through load: MappingLoad) throws {
        switch self {
        case .portcullis: _ = try load.perSecond(count, from: 10_000, atOnce: 32)
        case .miniupnpd:
            let rules = (10_000..<10_000 + count).map { port in
                """
                add rule inet filter prerouting_miniupnpd iif "wan0" meta l4proto udp \
                th dport \(port) dnat ip to \(Self.address(port)):\(port)
                add rule inet filter miniupnpd iif "wan0" th dport \(port) \
                @nh,128,32 0xc0a807\(Self.hexadecimal(port)) @nh,72,8 0x11 accept
                """
            }
            let file = FileManager.default.temporaryDirectory
                .appending(path: "\(lab.gateway.name)-rules")
            try Data((rules.joined(separator: "\n") + "\n").utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try lab.gateway.run("nft", "-f", file.path)
        }
    }

    private static func address(_ port: Int) -> String {
        MappingLoad.addresses[port % MappingLoad.addresses.count]
    }

    /// The last octet of the address.
    private static func hexadecimal(_ port: Int) -> String {
        let octet = address(port).split(separator: ".").last.flatMap { UInt8($0) } ?? 0
        return (octet < 16 ? "0" : "") + String(octet, radix: 16)
    }
}
