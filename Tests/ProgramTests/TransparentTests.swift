import Addressing
import TestKit
import Testing

/// The target sees the client's own address, and its answers come back to the relay.
@Suite struct `Transparent proxying` {
    private static let add = ["--name", "nas", "--source", "transparent"]

    private static func tables(_ lab: Lab) throws -> String {
        try lab.gateway.shell(
            "nft list tables; ip rule show; ip -6 rule show; ip route show table all type local"
                + " proto 75; ip -6 route show table all type local proto 75")
    }

    @Test(arguments: [("203.0.113.5", "192.168.7.10"), ("2001:db8:ff::5", "[2001:db8:7::10]")])
    func `TCP, by both families`(outside: String, target: String) async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let added = try gateway.cli(["add", "8443/tcp", "\(target):443"] + Self.add)
            #expect(added.succeeded, "\(added.errors)")
            let place = Sample.endpoint(outside, 8443)
            let client = try #require(try await Wire.connected(on: lab.internet, to: place))
            let accepted = try #require(try server.accept())
            let own = try client.name(of: .own)
            #expect(accepted.client == own)
            #expect(own.address.family == place.address.family)
            try client.send(Array("question".utf8))
            #expect(try accepted.wire.receive() == Array("question".utf8))
            try accepted.wire.send(Array("answer".utf8))
            #expect(try client.receive() == Array("answer".utf8))
        }
    }

    @Test(arguments: [("203.0.113.5", "192.168.7.10"), ("2001:db8:ff::5", "[2001:db8:7::10]")])
    func `UDP, by both families`(outside: String, target: String) async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.udp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let added = try gateway.cli(["add", "8443/udp", "\(target):443"] + Self.add)
            #expect(added.succeeded, "\(added.errors)")
            let client = try await Wire.udp(
                on: lab.internet, to: Sample.endpoint(outside, 8443))
            for turn in 1...3 as ClosedRange<UInt8> {
                try client.send([turn])
                let (bytes, source) = try #require(try server.receiveWithSource())
                #expect(bytes == [turn])
                #expect(source == (try client.name(of: .own)))
                try server.send([turn, turn], to: try #require(source))
                #expect(try client.receive() == [turn, turn])
            }
        }
    }

    @Test func `disturbs nothing else, and all of it goes with the last such forward`()
        async throws
    {
        try await Lab.with { lab in
            let before = try Self.tables(lab)
            let server = try await Wire.listening(.tcp, on: lab.internet, 80)
            let gateway = try await GatewayProcess(on: lab.gateway)
            #expect(try !Self.tables(lab).contains("portcullis_relay"))
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--source", "transparent")
            try gateway.done(
                "add", "8444/tcp", "192.168.7.20:443", "--name", "two", "--source", "transparent")
            #expect(try Self.tables(lab).contains("inet portcullis_relay"))
            let listing = try lab.gateway.shell("nft list table inet portcullis_relay")
            #expect(
                listing.contains(
                    "socket transparent 1 meta mark set meta mark | 0x10000000 accept"),
                "\(listing)")
            let client = try #require(
                try await Wire.connected(
                    on: lab.lan1, to: Sample.endpoint("203.0.113.9", 80)))
            let accepted = try #require(try server.accept())
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            try gateway.done("remove", "two")
            #expect(try Self.tables(lab).contains("inet portcullis_relay"))
            try gateway.done("remove", "nas")
            let after = try Self.tables(lab)
            #expect(after.replacing("table inet portcullis\n", with: "") == before)
            try accepted.wire.send([2])
            #expect(try client.receive() == [2])
        }
    }

    @Test(arguments: [
        "net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.br0.rp_filter=1",
        "net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.all.src_valid_mark=1",
    ])
    func `a strict check of sources is no obstacle`(settings: String) async throws {
        try await Lab.with { lab in
            try lab.gateway.shell("sysctl -q -w \(settings)")
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--source", "transparent")
            #expect(
                try await asks(Sample.endpoint("203.0.113.5", 8443), from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a client in the target's own subnet gets its answers, too: from the gateway`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--source", "transparent")
            let client = try #require(
                try await Wire.connected(on: lab.lan2, to: Sample.endpoint("203.0.113.5", 8443)))
            let accepted = try #require(try server.accept())
            #expect(accepted.client.address == Sample.address("192.168.7.1"))
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            try accepted.wire.send([2])
            #expect(try client.receive() == [2])
        }
    }

    @Test func `without CAP_NET_ADMIN it is one refusal`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, as: .nobody)
            let refused = try gateway.cli(
                "add", "8443/tcp", "192.168.7.10:443", "--source", "transparent")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("source \"transparent\" needs CAP_NET_ADMIN"))
            #expect(try gateway.json(["list"], as: Listed.self).forwards.isEmpty)
        }
    }
}
