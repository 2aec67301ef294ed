import Addressing
import Forwarding
import Foundation
import TestKit
import Testing
import Wire

@testable import Relay

/// What only a relay can do.
@Suite struct `A relayed forward` {
    @Test(arguments: [StreamProxy.v1, .v2])
    func `tells its target who the client is, before anything else`(version: StreamProxy)
        async throws
    {
        let source = Sample.endpoint("198.51.100.7", 40001)
        try await RelayLab.with(Sample.draft(relay: RelayTerms(proxy: version))) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let client = try await relay.client(from: source)
            try client.send(Array("hello".utf8))
            let server = try #require(try await relay.lab.lan1.run { try listener.accept() })
            let v1 = Array("PROXY TCP4 198.51.100.7 203.0.113.5 40001 8443\r\n".utf8)
            let v2: [UInt8] =
                [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11]
                + [0, 12, 198, 51, 100, 7, 203, 0, 113, 5, 0x9c, 0x41, 0x20, 0xfb]
            let expected = (version == .v1 ? v1 : v2) + Array("hello".utf8)
            let heard = try await relay.lab.lan1.run {
                try server.wire.receive(exactly: expected.count)
            }
            #expect(heard == expected)
        }
    }

    @Test func `tells of IPv6 clients likewise`() async throws {
        let draft = Sample.draft(to: "2001:db8:7::10", nat6: true, relay: RelayTerms(proxy: .v1))
        try await RelayLab.with(draft) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let client = try #require(
                try await Wire.connected(
                    on: relay.lab.internet, from: Sample.endpoint("2001:db8:51::7", 40001),
                    to: Sample.endpoint("2001:db8:ff::5", 8443)))
            let server = try #require(try await relay.lab.lan1.run { try listener.accept() })
            let header = "PROXY TCP6 2001:db8:51::7 2001:db8:ff::5 40001 8443\r\n"
            #expect(
                try server.wire.receive(exactly: header.utf8.count) == Array(header.utf8))
            _ = client
        }
    }

    @Test func `believes a trusted front proxy, and judges by what it says`() async throws {
        let allowed = SourcePolicy(allowed: [Sample.prefix("192.0.2.0/24")])
        let terms = RelayTerms(trustedProxies: [Sample.prefix("198.51.100.7/32")])
        try await RelayLab.with(Sample.draft(sources: allowed, relay: terms)) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let proxy = Sample.endpoint("198.51.100.7", 0)
            let header = "PROXY TCP4 192.0.2.77 203.0.113.5 5555 8443\r\n"
            let client = try await relay.client(from: proxy)
            // Each byte in a segment of its own.
            for byte in (header + "body").utf8 { try client.send([byte]) }
            let server = try #require(try await relay.lab.lan1.run { try listener.accept() })
            #expect(try server.wire.receive(exactly: 4) == Array("body".utf8))
            let flow = try #require(try relay.engine.flows(of: nil).first)
            #expect(flow.client == Sample.endpoint("192.0.2.77", 5555))
            let second = try await relay.client(from: proxy)
            let (source, external) = (Sample.endpoint("192.0.2.78", 5556), RelayLab.wan())
            for byte in ProxyFormat.v2Stream.bytes(from: source, to: external) + [7] {
                try second.send([byte])
            }
            let other = try #require(try await relay.lab.lan1.run { try listener.accept() })
            #expect(try other.wire.receive(exactly: 1) == [7])
            #expect(try relay.engine.flows(of: nil).contains { $0.client == source })
            let refused = [
                (proxy, "PROXY TCP4 192.0.3.1 203.0.113.5 5555 8443\r\nx"),
                (proxy, "GET / HTTP/1.1\r\n\r\n"), (proxy, "PROXY TCP4 1.2.3.4\r\n"),
                (Sample.endpoint("203.0.113.9", 0), header),
            ]
            for (source, text) in refused {
                let made = try await Wire.connected(
                    on: relay.lab.internet, from: source, to: RelayLab.wan())
                // One that is not trusted may be gone before it has said anything.
                guard let client = made else { continue }
                try? client.send(Array(text.utf8))
                let heard = try await relay.lab.internet.run {
                    try client.converse(.question(0, .none), hearing: .answer)
                }
                // What was sent may have met the reset already, and taken the word of it away.
                #expect(heard.ending != .silence && heard.count == 0, "\(text)")
            }
            #expect(try listener.accept(within: 50) == nil)
            #expect(try relay.traffic().denied == 2)
        }
    }

    @Test func `goes by the name that a client asks for`() async throws {
        func route(_ pattern: String, _ target: String) throws -> NameRoute {
            let host = try #require(ForwardSpelling.host(target))
            return NameRoute(
                name: try #require(NamePattern(pattern)),
                target: Target(host: host, ports: Sample.ports(8443)))
        }
        var terms = RelayTerms(routes: [
            try route("example.com", "192.168.7.20"), try route("*.wild.net", "192.168.9.30"),
        ])
        try await RelayLab.with(Sample.draft(relay: terms)) { relay in
            let hosts = [relay.lab.lan1, relay.lab.lan2, relay.lab.guest]
            let listeners = try await hosts.mapLater {
                try await Wire.listening(.tcp, on: $0, 8443)
            }
            func arrives(_ bytes: [UInt8], inPieces: Bool = false) async throws -> Int? {
                let client = try await relay.client()
                let pieces = inPieces ? bytes.map { [$0] } : [bytes]
                for piece in pieces { try client.send(piece) }
                for place in [0, 1, 2] {
                    guard let server = try listeners[place].accept(within: 150)?.wire else {
                        continue
                    }
                    #expect(try server.receive(exactly: bytes.count) == bytes)
                    return place
                }
                return nil
            }
            let hello = Hello.bytes(naming: "example.com")
            #expect(try await arrives(hello) == 1)
            #expect(try await arrives(hello, inPieces: true) == 1)
            #expect(try await arrives(Hello.bytes(naming: "EXAMPLE.com")) == 1)
            #expect(try await arrives(Hello.bytes(naming: "a.wild.net")) == 2)
            #expect(try await arrives(Hello.bytes(naming: "wild.net")) == 0)
            #expect(try await arrives(Hello.bytes(naming: nil)) == 0)
            #expect(try await arrives(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == 0)
            terms.refusesOtherNames = true
            try await relay.put((1, Sample.draft(relay: terms)))
            #expect(try await arrives(hello) == 1)
            let client = try await relay.client()
            try client.send(Hello.bytes(naming: "other.org"))
            #expect(try client.receive(exactly: 7) == [0x15, 3, 3, 0, 2, 2, 0x70])
            #expect(try client.receive() == [])
        }
    }

    @Test(arguments: Balance.allCases)
    func `spreads connections over its targets`(balance: Balance) async throws {
        let host = try #require(ForwardSpelling.host("192.168.7.20"))
        let terms = RelayTerms(
            spares: [Target(host: host, ports: Sample.ports(8443))], balance: balance)
        try await RelayLab.with(Sample.draft(relay: terms)) { relay in
            let first = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let second = try await Wire.listening(.tcp, on: relay.lab.lan2, 8443)
            var (clients, servers, counts): ([Wire], [Wire], [Int]) = ([], [], [0, 0])
            for _ in 0..<8 {
                clients.append(try await relay.client())
                #expect(await eventually { first.isWaiting || second.isWaiting })
                let isFirst = first.isWaiting
                servers.append(try #require(try (isFirst ? first : second).accept()).wire)
                counts[isFirst ? 0 : 1] += 1
            }
            #expect(balance == .sourceHash ? counts.contains(8) : counts == [4, 4])
        }
    }

    @Test func `goes on to the next target when the first is dead, refusing or silent`()
        async throws
    {
        let host = try #require(ForwardSpelling.host("192.168.7.20"))
        let terms = RelayTerms(
            spares: [Target(host: host, ports: Sample.ports(8443))],
            timeouts: RelayTimeouts(connect: 1))
        try await RelayLab.with(Sample.draft(relay: terms)) { relay in
            let second = try await Wire.listening(.tcp, on: relay.lab.lan2, 8443)
            for _ in 0..<2 { _ = try await relay.pair(second) }
            try relay.lab.lan1.silence()
            for _ in 0..<2 {
                let pair = try await relay.pair(second)
                try pair.server.send([1])
                #expect(try pair.client.receive() == [1])
            }
        }
    }

    @Test func `loses little time on an IPv6 address that leads nowhere`() async throws {
        let name = try #require(ForwardSpelling.host("nas.example.com"))
        guard case .v4(let v4) = Sample.address("192.168.7.10"),
            case .v6(let v6) = Sample.address("2001:db8:7::10")
        else { return }
        let both = ResolvedTarget(v4: v4, v6: v6)
        let draft = Sample.draft(to: "nas.example.com", relay: RelayTerms(engine: .relay))
        try await RelayLab.with(draft, resolved: [name: both]) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            try relay.lab.lan1.shell(
                "nft 'add table ip6 t; add chain ip6 t c { type filter hook input priority 0; }; "
                    + "add rule ip6 t c tcp dport 8443 drop'")
            let start = ContinuousClock.now
            let pair = try await relay.pair(listener)
            try pair.server.send([1])
            #expect(try pair.client.receive() == [1])
            let taken = ContinuousClock.now - start
            #expect(.milliseconds(200)..<(.milliseconds(450)) ~= taken, "took \(taken)")
        }
    }

    @Test func `brings clients of one family to targets of the other`() async throws {
        let crosses = RelayTerms(crossesFamilies: true)
        try await RelayLab.with(
            Sample.draft("to4", .tcp, Sample.ports(8004), relay: crosses),
            Sample.draft("to6", .tcp, Sample.ports(8006), to: "2001:db8:7::10", relay: crosses)
        ) { relay in
            for (address, port) in [("2001:db8:ff::5", UInt16(8004)), ("203.0.113.5", 8006)] {
                let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, port)
                let client = try #require(
                    try await Wire.connected(
                        on: relay.lab.internet, to: Sample.endpoint(address, port)))
                let server = try #require(try await relay.lab.lan1.run { try listener.accept() })
                try server.wire.send([1])
                #expect(try client.receive() == [1])
            }
        }
    }

    @Test func `reaches programs on the gateway's loopback and on Unix sockets`() async throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "relay-\(UInt32.random(in: 0...(.max)))").path
        try await RelayLab.with(
            Sample.draft(
                "loopback", .tcp, Sample.ports(8001), to: "127.0.0.1",
                targetPorts: Sample.ports(9001)),
            Sample.draft("unix", .tcp, Sample.ports(8002), to: "unix:\(path)")
        ) { relay in
            let loopback = try await Wire.listening(.tcp, on: relay.lab.gateway, 9001)
            let unix = try Wire.listening(atPath: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            for (listener, port) in [(loopback, UInt16(8001)), (unix, 8002)] {
                let client = try await relay.client(port)
                let server = try #require(try await relay.lab.lan1.run { try listener.next() })
                let heard = try await relay.talk(
                    client, .question(500_000), server, .answer(3_000_000))
                #expect(heard.client.isWhole(3_000_000))
                #expect(heard.server.isWhole(500_000))
            }
        }
    }

    @Test func `carries TLS between real programs by its name`() async throws {
        let host = try #require(ForwardSpelling.host("192.168.7.20"))
        let name = try #require(NamePattern("two.example"))
        let route = NameRoute(name: name, target: Target(host: host, ports: Sample.ports(8443)))
        try await RelayLab.with(Sample.draft(relay: RelayTerms(routes: [route]))) { relay in
            let folder = try Command.shell("mktemp -d").trimmingCharacters(in: .newlines)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            for (host, subject) in [(relay.lab.lan1, "one"), (relay.lab.lan2, "two")] {
                // Foundation waits until its own descriptor is closed, which the server would keep.
                try host.shell(
                    """
                    cd \(folder)
                    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=\(subject).example \
                        -keyout \(subject).key -out \(subject).pem 2>/dev/null
                    bash -c 'for fd in /proc/$BASHPID/fd/*; do
                        fd=${fd##*/}; if ((fd > 2)); then eval "exec $fd>&-"; fi
                    done
                    exec timeout 60 openssl s_server -accept 8443 -key \(subject).key \
                        -cert \(subject).pem -www' >/dev/null 2>&1 </dev/null &
                    """)
            }
            for subject in ["one", "two"] {
                // Once more, should the server not have been ready.
                let isThere = try await eventually(within: 300) {
                    try relay.lab.internet.shell(
                        """
                        timeout 5 openssl s_client -connect 203.0.113.5:8443 \
                            -servername \(subject).example </dev/null 2>&1 || true
                        """
                    ).replacing(" ", with: "").contains("CN=\(subject).example")
                }
                #expect(isThere)
            }
        }
    }
}

/// A ClientHello of TLS 1.2 shape (RFC 8446 section 4.1.2).
private enum Hello {
    static func bytes(naming name: String?) -> [UInt8] {
        var extensions: [UInt8] = []
        if let name {
            let text = Array(name.utf8)
            extensions = [0, 0] + sized(sized([0] + sized(text)))
        }
        extensions += [0, 0x10] + sized(sized([2, 0x68, 0x32]))
        let body =
            [3, 3] + Array(repeating: 7, count: 32) + [0] + sized([0x13, 1, 0xc0, 0x2f]) + [1, 0]
            + sized(extensions)
        return [0x16, 3, 1] + sized([1, 0] + sized(body))
    }

    private static func sized(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }
}
