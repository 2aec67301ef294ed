import Addressing
import Forwarding
import Netfilter
import TestKit
import Testing

@Suite struct `Kernel engine in the lab` {
    @Test func `the internet host reaches the LAN host and is seen with its own address`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            try await lab.gateway.run {
                let engine = try KernelEngine()
                let forward = Sample.forward(7, Sample.draft(targetPorts: Sample.ports(443)))
                let active = try #require(forward.active(in: Sample.surroundings, at: Sample.now))
                _ = try engine.apply(.everything([active], Sample.settings()))
            }
            let client = try await Wire.connected(
                on: lab.internet, to: Sample.endpoint("203.0.113.5", 8443))
            let accepted = try #require(try server.accept())
            #expect(accepted.client.address == Sample.address("203.0.113.9"))
            try accepted.wire.send([1, 2, 3])
            #expect(try client?.receive() == [1, 2, 3])
        }
    }
}
