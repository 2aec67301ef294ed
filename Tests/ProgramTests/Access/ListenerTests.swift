import Foundation
import TestKit
import Testing

@Suite struct `API over TLS` {
    /// Runs the daemon, which is to end by itself.
    private static func refused(_ lab: Lab, _ options: [String]) throws -> Command.Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "refused-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let places = ["--state", folder.path + "/state", "--socket", folder.path + "/socket"]
        return try lab.gateway.command(
            ["timeout", "20", GatewayProcess.binary, "run", "--wan", "wan0"] + places + options)
    }

    @Test func `what the outside reaches is refused`() async throws {
        try await Lab.with { lab in
            for place in ["203.0.113.5:8444", "0.0.0.0:8444", "[::]:8444", "[2001:db8:ff::5]:1"] {
                let made = try Self.refused(lab, ["--api", place])
                #expect(made.code == 1, "\(place): \(made)")
                #expect(made.errors.contains("would be reachable from outside at \(place)"))
                #expect(made.errors.contains(#"wan = "force""#))
            }
        }
    }

    @Test func `what is no place for it is refused`() async throws {
        try await Lab.with { lab in
            for place in [
                "192.168.7.1", "192.168.7.1:0", "192.168.7.1:x", "gateway:1", "[fe80::1]:1",
            ] {
                let made = try Self.refused(lab, ["--api", place])
                #expect(made.code == 1 && made.errors.contains("api.listen"), "\(place): \(made)")
            }
        }
    }

    @Test func `an address that comes to a WAN later is not served, nor one that goes to it`()
        async throws
    {
        try await Lab.with { lab in
            try lab.gateway.shell("ip addr del 203.0.113.5/24 dev wan0")
            let options = ["--wan", "wan0", "--api", "203.0.113.5:1", "--api", NetworkClient.place]
            let gateway = try await GatewayProcess(on: lab.gateway, options: options)
            let client = NetworkClient(gateway: gateway, host: lab.lan1)
            try await client.wait()
            func isRefused(_ place: String) -> Bool {
                gateway.log.contains(
                    "the API cannot be served at \(place) yet: it would be reachable from outside")
            }
            try lab.gateway.shell("ip addr add 203.0.113.5/24 dev wan0")
            #expect(await eventually(within: 10) { isRefused("203.0.113.5:1") })
            #expect(!isRefused(NetworkClient.place))
            try lab.gateway.shell(
                "ip addr del 192.168.7.1/24 dev br0; ip addr add 192.168.7.1/24 dev wan0")
            #expect(await eventually(within: 10) { isRefused(NetworkClient.place) })
            for place in ["203.0.113.5:1", NetworkClient.place] {
                let made = try lab.gateway.command(
                    ["curl", "-sk", "--max-time", "5", "https://\(place)/"])
                #expect(made.code == 7, "\(place): \(made)")
            }
            #expect(gateway.terminate() == 0)
        }
    }

    @Test func `forced, it serves the outside, and says so on the page and in the log`()
        async throws
    {
        try await Lab.with { lab in
            let config = "[api]\nlisten = [\"0.0.0.0:8444\"]\nwan = \"force\"\n"
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"], config: config)
            #expect(gateway.log.contains("the API is reachable from outside at 0.0.0.0:8444"))
            var client = NetworkClient(gateway: gateway, host: lab.internet)
            client.place = "203.0.113.5:8444"
            // The certificate is for the machine's name: every address is not in it.
            let options = ["-sS", "-k", "--max-time", "5"]
            let isThere = try await eventually(within: 20) {
                try lab.internet.command(["curl"] + options + ["https://\(client.place)/"])
                    .succeeded
            }
            #expect(isThere)
            let token = try client.token("t", "read")
            let session = try lab.internet.command(
                ["curl"] + options + [
                    "-H", "Authorization: Bearer \(token)", "https://\(client.place)/v1/session",
                ])
            #expect(session.output.contains(#""warnings":["reachable-from-wan"]"#), "\(session)")
        }
    }

    @Test func `the certificate stays over a restart, and its key is for nobody else`() async throws
    {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let before = try Data(contentsOf: URL(filePath: client.certificate))
            client.gateway.terminate()
            try await client.gateway.start()
            try await client.wait()
            #expect(try Data(contentsOf: URL(filePath: client.certificate)) == before)
            let modes = try Command.shell(
                "stat -c %a \(client.gateway.state.path) \(client.gateway.state.path)/api.key")
            #expect(modes == "700\n600\n")
        }
    }

    @Test(arguments: [(40, true), (20, false)])
    func `a certificate is made anew when a month is left`(days: Int, stays: Bool) async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let state = client.gateway.state.path
            client.gateway.terminate()
            try Command.shell(
                """
                cd \(state)
                names=$(openssl x509 -in api.crt -noout -ext subjectAltName | tail -1 |
                    sed 's/IP Address/IP/g; s/ //g')
                openssl req -x509 -key api.key -days \(days) -subj /CN=old -out api.crt \
                    -addext "subjectAltName=$names" 2>/dev/null
                """)
            try await client.gateway.start()
            try await client.wait()
            let subject = try Command.shell("openssl x509 -in \(state)/api.crt -noout -subject")
            #expect(subject.contains("old") == stays, "\(subject)")
        }
    }

    @Test func `another daemon takes the API over, and sessions with it`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let page = client.page(try client.signInByLink())
            try await client.gateway.takeOver()
            try await client.wait()
            #expect(try page.ask("GET", "/v1/session").status == 200)
        }
    }

    @Test func `another address gets another certificate, with the same key`() async throws {
        try await Lab.with { lab in
            func config(_ place: String) -> String {
                "[api]\nlisten = [\"\(place)\"]\nhosts = [\"nas.example\"]\n"
            }
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"], config: config("192.168.7.1:8444"))
            func shown(_ what: String) throws -> String {
                try Command.shell(
                    "openssl x509 -in \(gateway.state.path)/api.crt -noout \(what)")
            }
            let (names, key) = (try shown("-ext subjectAltName"), try shown("-pubkey"))
            #expect(names.contains("IP Address:192.168.7.1") && names.contains("DNS:nas.example"))
            gateway.terminate()
            try Data(config("[2001:db8:7::1]:8444").utf8).write(to: gateway.configuration)
            try await gateway.start()
            #expect(try shown("-ext subjectAltName").contains("IP Address:2001:DB8:7:0:0:0:0:1"))
            #expect(try shown("-pubkey") == key)
            var client = NetworkClient(gateway: gateway, host: lab.lan1)
            client.place = "[2001:db8:7::1]:8444"
            try await client.wait()
            let token = try client.token("t", "read")
            #expect(try client.bearing(token).ask("GET", "/v1/status").status == 200)
        }
    }

    @Test func `the operator's certificate is served, and read again at SIGHUP`() async throws {
        try await Lab.with { lab in
            let folder = FileManager.default.temporaryDirectory.appending(path: "pem-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            func make(_ name: String) throws {
                try Command.shell(
                    """
                    cd \(folder.path)
                    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 \
                        -subj /CN=\(name) -keyout key.pem -out cert.pem 2>/dev/null
                    """)
            }
            try make("first.example")
            let config = """
                [api]
                listen = "192.168.7.1:8444"
                certificate = "\(folder.path)/cert.pem"
                key = "\(folder.path)/key.pem"
                """
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"], config: config)
            func shown() throws -> String {
                try lab.lan1.command(["curl", "-skvi", "https://192.168.7.1:8444/"]).errors
            }
            let isFirst = try await eventually { try shown().contains("CN=first.example") }
            #expect(isFirst)
            let head = try lab.lan1.command(["curl", "-ski", "https://192.168.7.1:8444/"]).output
            #expect(head.lowercased().contains("strict-transport-security"))
            try make("second.example")
            gateway.signal(SIGHUP)
            let isSecond = try await eventually { try shown().contains("CN=second.example") }
            #expect(isSecond)
            // What cannot be used leaves what there was.
            try Data("no key".utf8).write(to: folder.appending(path: "key.pem"))
            gateway.signal(SIGHUP)
            let isSaid = await eventually {
                gateway.log.contains("the certificate stays as it was")
            }
            #expect(isSaid)
            #expect(try shown().contains("CN=second.example"))
        }
    }

    @Test func `browsers are told what the page may do`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let page = try client.ask("GET", "/")
            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            let policy = try #require(page.header("Content-Security-Policy"))
            for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
                #expect(policy.contains(part))
            }
            for reply in [page, try client.ask("GET", "/v1/status")] {
                #expect(reply.header("X-Content-Type-Options") == "nosniff")
                #expect(reply.header("Referrer-Policy") == "no-referrer")
                #expect(reply.header("X-Frame-Options") == "DENY")
                // A browser that was told could not get past the warning of a certificate of our own.
                #expect(reply.header("Strict-Transport-Security") == nil)
            }
            #expect(try client.ask("GET", "/v1/status").header("Cache-Control") == "no-store")
            let tag = try #require(page.header("ETag"))
            #expect(try client.with("If-None-Match: \(tag)").ask("GET", "/").status == 304)
        }
    }

    @Test(arguments: ["--tlsv1.1 --tls-max 1.1", "--tlsv1.0 --tls-max 1.0"])
    func `old versions of TLS are refused, and plain HTTP is`(option: String) async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let old = try lab.lan1.command(
                ["curl", "-sk", "--max-time", "5", "--ciphers", "DEFAULT:@SECLEVEL=0"]
                    + option.split(separator: " ").map(String.init)
                    + ["https://\(client.place)/"])
            #expect(!old.succeeded)
            let plain = try lab.lan1.command(
                ["curl", "-s", "--max-time", "5", "http://\(client.place)/"])
            #expect(!plain.succeeded)
            #expect(try client.ask("GET", "/").status == 200)
        }
    }

    @Test(arguments: [
        "exec 3<>/dev/tcp/192.168.7.1/8444; cat <&3",
        "openssl s_client -quiet -ign_eof -connect 192.168.7.1:8444 </dev/null",
    ])
    func `whoever connects and says nothing is put out`(script: String) async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let clock = ContinuousClock()
            let start = clock.now
            let made = try lab.lan1.command(["timeout", "60", "bash", "-c", script])
            #expect(made.code != 124, "it was still connected after a minute")
            #expect(clock.now - start > .seconds(5), "\(made)")
            #expect(client.gateway.isRunning)
        }
    }

    @Test func `the API waits for its address`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell("ip addr del 192.168.7.1/24 dev br0")
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: NetworkClient.options)
            let isSaid = await eventually {
                gateway.log.contains("the API cannot be served at 192.168.7.1:8444 yet")
            }
            #expect(isSaid)
            try lab.gateway.shell("ip addr add 192.168.7.1/24 dev br0")
            try await NetworkClient(gateway: gateway, host: lab.lan1).wait()
            #expect(gateway.terminate() == 0)
        }
    }
}
