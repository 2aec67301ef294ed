import Addressing
import Diagnosis
import LinuxKit
import TestKit
import Testing

@Suite struct `Probing targets` {
    @Test func `an open port answers, a closed one refuses, an address of nobody is unreachable`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let asked = ["192.168.7.10", "192.168.7.20", "192.168.7.77", "2001:db8:7::10"].map {
                Sample.endpoint($0, 443)
            }
            let answers = try await lab.gateway.run {
                asked.map { TCPProbe.ask($0, within: 5000) }
            }
            #expect(answers == [.answered, .refused, .unreachable, .answered])
            withExtendedLifetime(server) {}
        }
    }

    /// P10 of the pains: the target's default route is not this gateway.
    @Test func `a target with another way home answers the LAN address, not the WAN address`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            try lab.lan1.shell("ip route replace default via 192.168.7.20")
            let answers = try await lab.gateway.run {
                [nil, Sample.address("203.0.113.5")].map {
                    TCPProbe.ask(Sample.endpoint("192.168.7.10", 443), from: $0, within: 1000)
                }
            }
            #expect(answers == [.answered, .silent])
            withExtendedLifetime(server) {}
        }
    }
}
