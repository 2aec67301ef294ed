import Addressing
import Foundation
import TestKit
import Testing

/// A gateway that an ordinary user runs: no capability, so nothing but the relay.
@Suite struct `A gateway without any right` {
    private static let outside = Sample.endpoint("203.0.113.5", 8443)

    private struct Carrier: Decodable {
        var engine: String
        var engine_reason: String?
    }

    private static func with(
        _ lab: Lab, options: [String] = ["--wan", "wan0"]
    ) async throws -> (GatewayProcess, Echo) {
        let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
        let gateway = try await GatewayProcess(on: lab.gateway, options: options, as: .nobody)
        return (gateway, server)
    }

    @Test func `uses the relay by itself, says why, and carries a forward all its life`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await Self.with(lab)
            #expect(gateway.log.contains("CAP_NET_ADMIN is missing"))
            #expect(try await asks(Self.outside, from: lab.internet) == nil)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            #expect(try await asks(Self.outside, from: lab.internet) == "nas")
            let shown = try gateway.json(["show", "nas"], as: Carrier.self)
            #expect(shown.engine == "relay")
            #expect(shown.engine_reason?.contains("may not change the kernel's tables") ?? false)
            let status = try gateway.json(["status"], as: Status.self)
            #expect((status.forwards, status.in_force) == (1, 1))
            #expect(
                try await eventually {
                    try gateway.json(["show", "nas"], as: Shown.self).traffic.flows == 1
                })
            gateway.signal(SIGHUP)
            #expect(await eventually { gateway.log.contains("configuration read again") })
            #expect(try gateway.json(["show", "nas"], as: Carrier.self).engine == "relay")
            try gateway.done("remove", "nas")
            #expect(try await asks(Self.outside, from: lab.internet) == nil)
            #expect(gateway.terminate() == 0)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `lists the flows that live`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway, as: .nobody)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Self.outside))
            let accepted = try #require(try server.accept())
            try client.send([1, 2, 3])
            #expect(try accepted.wire.receive() == [1, 2, 3])
            let flows = try gateway.json(["flows"], as: FlowsShown.self).flows
            #expect(flows.map(\.client) == ["\(try client.name(of: .own))"])
            #expect(flows.map(\.target) == ["192.168.7.10:443"])
        }
    }

    @Test func `a low port is one refusal that says what to do, and changes nothing`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await Self.with(lab)
            let refused = try gateway.cli("add", "443/tcp", "192.168.7.10:443", "--name", "nas")
            #expect(refused.code == 1)
            for part in [
                "external \"203.0.113.5:443/tcp\"", "CAP_NET_BIND_SERVICE", "nothing was changed",
                "from 1024 on", "setcap", "AmbientCapabilities",
            ] { #expect(refused.errors.contains(part), "\(part) in: \(refused.errors)") }
            #expect(try gateway.json(["list"], as: Listed.self).forwards.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `trace and doctor speak of the relay, and fail at nothing`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await Self.with(lab)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            try gateway.done("add", "8444/tcp", "192.168.7.10:444", "--name", "nobody")
            let told = try gateway.json(
                ["trace", "198.51.100.7", "nas"], as: Traced.self)
            #expect(told.outcome == "arrives")
            #expect(told.sentence.contains("the relay carries nas to 192.168.7.10:443"))
            #expect(
                told.steps.map(\.kind)
                    == ["arrival", "forward", "access", "others", "relay", "source", "target"])
            let stopped = try gateway.cli(
                "trace", "198.51.100.7", "nobody", "-o", "json")
            let stop = try JSONDecoder().decode(Traced.self, from: Data(stopped.output.utf8))
            #expect(stop.outcome == "stops")
            #expect(stop.sentence.contains("nothing listens at port 444"))
            let seen = try gateway.examined()
            #expect(seen.wrong == ["target-refuses:nobody"])
            #expect(seen.findings.allSatisfy { $0.code != "routing-off" })
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a forward may be asked on loopback, or at every address`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await Self.with(lab, options: ["--wan", "lo"])
            let added = try gateway.cli(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "near", "--at", "127.0.0.1")
            #expect(added.succeeded && !added.errors.contains("127.0.0.1"), "\(added.errors)")
            let wide = try gateway.cli(
                "add", "8444/tcp", "192.168.7.10:443", "--name", "wide", "--at", "0.0.0.0")
            #expect(wide.succeeded && !wide.errors.contains("0.0.0.0"), "\(wide.errors)")
            let near = Sample.endpoint("127.0.0.1", 8443)
            #expect(try await asks(near, from: lab.gateway) == "nas")
            #expect(try await asks(Self.outside, from: lab.internet) == nil)
            for address in ["203.0.113.5", "192.168.7.1", "192.168.9.1"] {
                let host = address.hasPrefix("203") ? lab.internet : lab.lan2
                #expect(try await asks(Sample.endpoint(address, 8444), from: host) == "nas")
            }
            #expect(try gateway.examined().wrong.isEmpty)
            let told = try gateway.json(
                ["trace", "127.0.0.1", "near"], as: Traced.self)
            #expect(told.outcome == "arrives", "\(told.sentence)")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `what would lead back to itself is refused`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await Self.with(lab)
            for (at, to) in [
                ("0.0.0.0", "127.0.0.1:8443"), ("0.0.0.0", "192.168.7.1:8443"),
                ("127.0.0.1", "127.0.0.1:8443"),
            ] {
                let refused = try gateway.cli("add", "8443/tcp", to, "--at", at)
                #expect(refused.code == 1, "\(at) to \(to)")
                #expect(
                    refused.errors.contains("leads back to the forward itself"), "\(refused.errors)"
                )
            }
            let wide = try gateway.cli("add", "8443/tcp", "127.0.0.1:8444", "--at", "0.0.0.0")
            #expect(wide.succeeded)
            let taken = try gateway.cli("add", "8443/tcp", "127.0.0.1:9", "--at", "203.0.113.5")
            #expect(taken.code == 1)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `keeps its table and its socket where the user keeps such things`() async throws {
        try await Lab.with { lab in
            let home = "/tmp/home-\(UUID().uuidString.prefix(8))"
            try Command.shell(
                "install -d -o 65534 -g 65534 -m 700 \(home) \(home)/run \(home)/state")
            let places = "HOME=\(home) XDG_RUNTIME_DIR=\(home)/run XDG_STATE_HOME=\(home)/state"
            let user = GatewayProcess.User.nobody.launcher.joined(separator: " ")
            let binary = GatewayProcess.binary
            let namespace = lab.gateway.namespace
            Thread.start {
                _ = try? Command.shell(
                    "exec ip netns exec \(namespace) \(user) env \(places) \(binary) run"
                        + " --wan wan0 2>\(home)/log")
            }
            defer {
                _ = try? Command.shell(
                    "pid=$(cat \(home)/pid) && kill $pid; rm -rf \(home)")
            }
            let status = "env -u PORTCULLIS_SOCKET \(places) \(user) \(binary) status"
            let isThere = await eventually(within: 300) { (try? Command.shell(status)) != nil }
            #expect(isThere, "\((try? Command.shell("cat \(home)/log")) ?? "")")
            try Command.shell(
                """
                test -S \(home)/run/portcullis/control.sock
                test "$(stat -c %a \(home)/run/portcullis)" = 700
                test -e \(home)/state/portcullis/portcullis.sqlite || ls \(home)/state/portcullis | grep -q .
                ip netns pids \(namespace) | head -1 >\(home)/pid
                """)
        }
    }

    @Test func `a folder in /tmp that others can reach is no place for a socket`() throws {
        // A user of this test alone: the folder is named after the number.
        let user = UInt32.random(in: 200_000...1_000_000)
        let folder = "/tmp/portcullis-\(user)"
        let home = "/tmp/home-\(user)"
        defer { _ = try? Command.shell("rm -rf \(folder) \(home)") }
        try Command.shell("install -d -o \(user) -m 700 \(home)")
        for trap in [
            "install -d -m 777 \(folder)", "install -d -o \(user) -m 755 \(folder)",
            "ln -s \(home) \(folder)",
        ] {
            try Command.shell("rm -rf \(folder); \(trap)")
            let refused = try Command.run([
                "env", "-u", "XDG_RUNTIME_DIR", "-u", "PORTCULLIS_SOCKET", "HOME=\(home)",
                "setpriv", "--reuid=\(user)", "--clear-groups", "--inh-caps=-all",
                "--bounding-set=-all", GatewayProcess.binary, "run",
            ])
            #expect(refused.code == 1, "\(trap)")
            #expect(refused.errors.contains("a folder of this user alone"), "\(refused.errors)")
        }
    }
}
