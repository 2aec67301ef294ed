import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `The port of PCP and NAT-PMP` {
    @Test func `answers from the address that was asked, over both families`() async throws {
        try await PortControlLab.with { here in
            await here.follow()
            let v4 = try await here.socket(on: here.lab.lan1)
            try v4.send(PortControlLab.map())
            let mapped = try #require(try await here.receive(v4))
            #expect(mapped.pcpResult == 0 && mapped.port(at: 42) == 20_000)
            try v4.send([0, 0])
            #expect(try await here.receive(v4)?.suffix(4) == [203, 0, 113, 5])
            let v6 = try await here.socket(on: here.lab.lan1, to: "2001:db8:7::1")
            var request = try Vector.bytes("request-t16")
            request.replaceSubrange(8..<24, with: Sample.address("2001:db8:7::10").octets)
            try v6.send(request)
            let hole = try #require(try await here.receive(v6))
            #expect(hole.pcpResult == 0 && hole.port(at: 42) == 5000)
            #expect(Array(hole[44..<60]) == Sample.address("2001:db8:7::10").octets)
        }
    }

    @Test func `is deaf to a WAN, to another network, and to foreign sources`() async throws {
        try await PortControlLab.with { here in
            await here.follow()
            try here.lab.lan1.shell("ip addr add 10.9.9.9/32 dev eth0")
            let strangers = [
                try await here.socket(on: here.lab.internet),
                try await here.socket(on: here.lab.internet, to: "203.0.113.5"),
                try await here.socket(on: here.lab.internet, to: "2001:db8:7::1"),
                try await here.socket(on: here.lab.guest),
                try await Wire.udp(
                    on: here.lab.lan1, from: Sample.endpoint("10.9.9.9", 0),
                    to: Sample.endpoint("192.168.7.1", 5351)),
            ]
            for stranger in strangers { try stranger.send(PortControlLab.map()) }
            // Who belongs here is answered, so the others have been read.
            for (host, address) in [
                (here.lab.lan1, "192.168.7.1"), (here.lab.guest, "192.168.9.1"),
            ] {
                let own = try await here.socket(on: host, to: address)
                try own.send([0, 0])
                #expect(try await here.receive(own)?.count == 12)
            }
            for stranger in strangers {
                #expect(try await here.receive(stranger, within: 300) == nil)
            }
            #expect(here.desk.calls.isEmpty && here.desk.count == 0)
        }
    }

    @Test func `puts what comes meanwhile before the desk at once, in order`() async throws {
        try await PortControlLab.with { here in
            await here.follow()
            here.desk.hold()
            let wire = try await here.socket(on: here.lab.lan1)
            let ports = (20_000..<20_040).map { UInt16($0) }
            for port in ports { try wire.send(PortControlLab.map(port)) }
            #expect(await eventually { here.desk.with { !$0.waiting.isEmpty } })
            here.desk.letGo()
            var told: [Int] = []
            for _ in ports { told.append(try #require(try await here.receive(wire)).port(at: 40)) }
            #expect(told == ports.map(Int.init))
            let calls = here.desk.calls
            #expect(calls.reduce(0, +) == 40 && calls.count <= 4, "\(calls)")
        }
    }

    @Test func `answers nobody more often than is fair`() async throws {
        try await PortControlLab.with { here in
            await here.follow()
            let wire = try await here.socket(on: here.lab.lan1)
            let start = ContinuousClock.now
            for _ in 0..<150 { try wire.send([0, 0]) }
            let other = try await here.socket(on: here.lab.lan2)
            try other.send([0, 0])
            #expect(try await here.receive(other)?.count == 12)
            var count = 0
            while try await here.receive(wire, within: 50) != nil { count += 1 }
            let passed = (ContinuousClock.now - start) / .seconds(1)
            #expect(count >= 50 && Double(count) <= 51 + 20 * passed)
        }
    }

    @Test func `is lifted from all limits for measurements`() async throws {
        try await PortControlLab.with(.none) { here in
            await here.follow()
            let wire = try await here.socket(on: here.lab.lan1)
            for _ in 0..<500 {
                try wire.send([0, 0])
                #expect(try await here.receive(wire)?.count == 12)
            }
        }
    }

    @Test func `outlives who cannot be answered, and an address that goes`() async throws {
        try await PortControlLab.with { here in
            await here.follow(["br0"])
            let wire = try await here.socket(on: here.lab.lan1)
            let place = Sample.endpoint("192.168.7.1", 5351)
            try await Wire.sendRaw(on: here.lab.lan1, from: 0, to: place, [0, 0])
            try wire.send([0, 0])
            #expect(try await here.receive(wire)?.count == 12, "the socket is there")
            // A filter on what leaves makes sending fail, which costs the socket.
            try here.lab.gateway.shell(
                """
                nft add table ip t
                nft 'add chain ip t out { type filter hook output priority 0; }'
                nft add rule ip t out udp sport 5351 drop
                """)
            try wire.send([0, 0])
            #expect(try await here.receive(wire, within: 200) == nil)
            try here.lab.gateway.shell("nft delete table ip t")
            #expect(
                try await eventually(within: 300) {
                    try wire.send([0, 0])
                    return try await here.receive(wire, within: 100)?.count == 12
                })
            await here.follow(["guest0"])
            try wire.send([0, 0])
            #expect(try await here.receive(wire, within: 100) == nil)
        }
    }
}
