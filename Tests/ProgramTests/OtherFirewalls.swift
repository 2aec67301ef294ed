import Foundation
import TestKit

/// ufw or firewalld of the distribution, run on a lab's gateway with a copy of their settings: the
/// machine's own files and firewall stay as they are.
final class OtherFirewall: @unchecked Sendable {
    // SAFETY: one test uses it, one call after the other.
    private let process = Process()
    private let host: TestKit.Host
    private let folder: URL

    enum Kind { case ufw, firewalld }

    /// Mounts are this firewall's own, and its programs end with it.
    private static func script(_ kind: Kind) -> String {
        let common = "set -eu; mount --make-rprivate /; cp -a /etc/$2/. $1/etc; "
        switch kind {
        case .ufw:
            return common
                + """
                cp /etc/default/ufw $1/default; mount --bind $1/etc /etc/ufw
                mount --bind $1/default /etc/default/ufw; touch $1/ready; exec tail -f /dev/null
                """
        case .firewalld:
            return common
                + """
                mkdir -p /run/dbus /run/firewalld; mount --bind $1/etc /etc/firewalld
                mount -t tmpfs tmpfs /run/dbus; mount -t tmpfs tmpfs /run/firewalld
                dbus-daemon --system --fork --nopidfile; touch $1/ready
                exec ip netns exec $3 firewalld --nofork --nopid
                """
        }
    }

    init(_ kind: Kind, on host: TestKit.Host) async throws {
        self.host = host
        folder = FileManager.default.temporaryDirectory
            .appending(path: "firewall-\(UUID().uuidString.prefix(8))")
        let settings = folder.appending(path: "etc")
        try FileManager.default.createDirectory(at: settings, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c"]
            + [Self.script(kind), "sh", folder.path, "\(kind)", host.namespace]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let mark = folder.appending(path: "ready").path
        let isReady = try await eventually(within: 300) {
            guard FileManager.default.fileExists(atPath: mark) else { return false }
            guard kind == .firewalld else { return true }
            return try run("firewall-cmd --state").succeeded
        }
        guard isReady else { throw Command.Failure(description: "\(kind) does not start") }
    }

    deinit {
        // unshare passes SIGTERM over while it waits; its child dies with it.
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a script where the firewall's own settings are.
    @discardableResult
    func run(_ script: String) throws -> Command.Result {
        try Command.run(
            ["nsenter", "-t", "\(process.processIdentifier)", "-m", "ip", "netns", "exec"]
                + [host.namespace, "sh", "-euc", script])
    }

    func done(_ script: String) throws {
        let result = try run(script)
        guard result.succeeded else {
            throw Command.Failure(description: "\(script)\n\(result.output)\(result.errors)")
        }
    }
}
