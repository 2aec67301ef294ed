import Foundation
import TestKit
import Testing

/// What needs no gateway.
@Suite struct `import` {
    private static let rules = """
        *nat
        -A PREROUTING -i wan0 -p tcp --dport 8443 -j DNAT --to-destination 192.168.7.10:443
        -A POSTROUTING -o wan0 -j MASQUERADE
        COMMIT
        """

    private func run(_ arguments: [String], input: String? = nil) throws -> Command.Result {
        try Command.run(
            [GatewayProcess.binary] + arguments, input: input,
            environment: ["PORTCULLIS_SOCKET": "/nonexistent/control.sock"])
    }

    private static let samples = [
        "iptables-save.txt", "ip6tables-save.txt", "nft-ruleset.txt", "openwrt-firewall.txt",
        "firewalld-list.txt", "firewalld-zone.xml", "miniupnpd-leases.txt", "docker-ps.txt",
        "docker-ps-format.txt", "rinetd.conf", "haproxy.cfg", "nginx.conf",
    ]

    @Test(arguments: samples)
    func `what is written, plan reads`(sample: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = projectFolder.appending(path: "Tests/ImportingTests/Fixtures/\(sample)").path
        let output = folder.appending(path: "forwards.toml").path
        let imported = try run([
            "import", file, "--output", output, "--docker-host", "192.168.7.5",
        ])
        #expect(imported.code == 0, "\(imported.errors)")
        #expect(imported.errors.hasPrefix("carried over "))
        // The file is read before the gateway is looked for.
        let plan = try run(["plan", output])
        #expect(plan.code == 3, "\(plan.errors)")
    }

    @Test func `standard input is read, and every remark is written`() throws {
        for arguments in [["import"], ["import", "-"], ["import", "--from", "iptables"]] {
            let result = try run(arguments, input: Self.rules)
            #expect(result.code == 0)
            #expect(result.errors == "carried over 1 forward, 1 remark\n")
            #expect(result.output.contains("on = \"wan0\"\nto = \"192.168.7.10:443\"\n"))
            #expect(result.output.contains("# line 3: -A POSTROUTING -o wan0 -j MASQUERADE\n#   "))
        }
    }

    @Test func `a file that is there is written over by force only`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try run(["import", "--output", path], input: Self.rules).code == 0)
        let again = try run(["import", "--output", path], input: Self.rules)
        #expect(again.code == 1)
        #expect(again.errors.contains("is there already"))
        #expect(try run(["import", "--output", path, "--force"], input: Self.rules).code == 0)
    }

    @Test(arguments: ["", "\n", "hello\n"])
    func `what cannot be read is refused`(text: String) throws {
        let result = try run(["import"], input: text)
        #expect(result.code == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("portcullis: "))
    }

    @Test func `a text of unknown form is asked for its format, with all names`() throws {
        let result = try run(["import"], input: "hello\n")
        for name in ["iptables", "nft", "openwrt", "docker", "firewalld", "haproxy", "nginx"] {
            #expect(result.errors.contains(name))
        }
    }
}
