import Addressing
import Foundation
import TestKit
import Testing

@Suite struct `Schedules, limits and whole addresses by the command line` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    /// A window of today's clock that is open now for an hour at least, or that is not.
    private static func window(open: Bool) -> String {
        let hour = Calendar(identifier: .gregorian).component(.hour, from: Date())
        let start = (hour + (open ? 23 : 4)) % 24
        return String(format: "daily %02d:00-%02d:00", start, (start + 3) % 24)
    }

    @Test func `a closed forward is silent and says when it opens; a schedule changed opens it`()
        async throws
    {
        try await Lab.with { lab in
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10", "--name", "nas", "--schedule",
                Self.window(open: false))
            #expect(try gateway.done("show", "nas").contains("; opens 20"))
            #expect(try gateway.done("list").contains("closed"))
            #expect(try await asks(outside, from: lab.internet) == nil)
            try gateway.done("set", "nas", "--schedule", Self.window(open: true))
            #expect(try await asks(outside, from: lab.internet) == "nas")
            #expect(try gateway.done("show", "nas").contains("; closes 20"))
            // The kernel has the end of the opening, and a dead daemon changes nothing about it.
            gateway.kill()
            let left = try lab.gateway.shell("nft list set inet portcullis lease")
            #expect(left.contains("expires"))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `what limits hold back is shown, with what the month has used`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10", "--name", "nas", "--max-rate-per-source",
                "2/hour", "--monthly", "50GB")
            for _ in 1...3 { _ = try await asks(outside, from: lab.internet) }
            let shown = try gateway.done("show", "nas")
            #expect(shown.contains("2/hour new flows for each source, 50GB a month"))
            #expect(shown.firstMatch(of: #/[1-9][0-9]* held by limits/#) != nil)
            #expect(shown.firstMatch(of: #/this month +[1-9][0-9]* B of 50GB/#) != nil)

            // They are the same after a crash, in the kernel and in the store.
            gateway.kill()
            try await gateway.start()
            #expect(try gateway.done("export").contains("max_rate_per_source = \"2/hour\""))
            #expect(try await asks(outside, from: lab.internet) == nil)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `an exposed host, with the gateway's own port kept, each with a warning`()
        async throws
    {
        try await Lab.with { lab in
            let echo = try await Echo("host", on: lab.lan1, .tcp, 8443)
            let own = try await Echo("own", on: lab.gateway, .tcp, 22)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let refused = try gateway.cli("add", "all", "192.168.7.10", "--name", "dmz")
            #expect(refused.errors.contains("portcullis add 22/tcp gateway"))
            let kept = try gateway.cli("add", "22/tcp", "gateway", "--name", "keep-ssh")
            #expect(kept.errors.contains("the gateway's own"))
            let exposed = try gateway.cli("add", "all", "192.168.7.10", "--name", "dmz")
            #expect(exposed.errors.contains("whatever no other forward names"))
            #expect(try await asks(outside, from: lab.internet) == "host")
            let ssh = Sample.endpoint("203.0.113.5", 22)
            #expect(try await asks(ssh, from: lab.internet) == "own")
            #expect(try gateway.done("list").contains("all"))
            // A file says the same.
            let file = try gateway.file("all.toml", try gateway.done("export"))
            #expect(try gateway.done("plan", file).contains("nothing to change"))
            withExtendedLifetime((echo, own)) {}
        }
    }
}
