import Addressing
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// Ending flows of the kernel's by hand.
@Suite struct `A flow ended by hand` {
    private static let source = Sample.endpoint("203.0.113.9", 40000)
    private static let outside = Sample.endpoint("203.0.113.5", 8443)
    private static let source6 = Sample.endpoint("2001:db8:ff::9", 40000)

    /// A client that was connected through the gateway, the target's end of it, and the flow's number.
    private struct Connection {
        var client: Wire
        var target: Wire
        var number: FlowNumber
    }

    private static func connect(
        _ lab: Lab, _ engine: any ForwardingEngine, _ server: Wire, from source: Endpoint,
        to destination: Endpoint
    ) async throws -> Connection {
        let client = try #require(
            try await Wire.connected(on: lab.internet, from: source, to: destination))
        let target = try #require(try server.accept()).wire
        try client.send([1])
        #expect(try target.receive() == [1])
        let flow = try engine.flows(of: nil).first {
            $0.client == source && $0.state == "established"
        }
        return Connection(client: client, target: target, number: try #require(flow).number)
    }

    /// Whether a wire is told, after it has sent something, that its connection is gone.
    private static func isTold(_ wire: Wire) throws -> Bool {
        try wire.send([9])
        return try wire.isEnded()
    }

    @Test(arguments: [true, false])
    func `each side of a connection is told as soon as it sends something`(isV4: Bool) async throws
    {
        try await Lab.with { lab in
            // By when a flow began one is told from another that looks the same.
            try lab.gateway.shell("sysctl -q -w net.netfilter.nf_conntrack_timestamp=1")
            let server = try await Wire.listening(.tcp, on: lab.lan1, isV4 ? 443 : 8443)
            // Over IPv6 nothing is translated: the device itself is asked.
            let draft =
                isV4
                ? Sample.draft("nas", targetPorts: Sample.ports(443))
                : Sample.draft("nas", to: "2001:db8:7::10")
            let engine = try await LabEngine.carrying(draft, on: lab).engine
            let (source, place) =
                isV4
                ? (Self.source, Self.outside)
                : (Self.source6, Sample.endpoint("2001:db8:7::10", 8443))
            let one = try await Self.connect(lab, engine, server, from: source, to: place)
            #expect(try engine.end(one.number))
            #expect(try Self.isTold(one.client))
            #expect(try Self.isTold(one.target))
            #expect(try !engine.end(one.number))
            // The same ports may begin anew, and that goes on undisturbed.
            let two = try await Self.connect(lab, engine, server, from: source, to: place)
            #expect(two.number != one.number)
            try two.target.send([2])
            #expect(try two.client.receive() == [2])
        }
    }

    @Test func `others go on, also when the daemon's table is taken over`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let engine = try await LabEngine.carrying(Sample.draft("nas"), on: lab)
            let one = try await Self.connect(
                lab, engine.engine, server, from: Self.source, to: Self.outside)
            let two = try await Self.connect(
                lab, engine.engine, server, from: Sample.endpoint("203.0.113.9", 40001),
                to: Self.outside)
            #expect(try engine.engine.end(one.number))
            let report = try engine.carry(engine.numbered([Sample.draft("nas")]))
            #expect(report.foundIntact)
            #expect(try Self.isTold(one.client))
            try two.client.send([3])
            #expect(try two.target.receive() == [3])
        }
    }

    @Test func `what bears no mark of ours cannot be ended`() async throws {
        try await Lab.with { lab in
            let draft = Sample.draft("one", .udp, Sample.ports(1000))
            // With several WANs a mark also says by which one the flow came in.
            var settings = Sample.settings()
            settings.network.wans = [Sample.interface("wan0")]
            let engine = try await LabEngine.carrying(draft, on: lab, settings).engine
            let wire = try await Wire.udp(
                on: lab.internet, to: Sample.endpoint("203.0.113.5", 1000))
            try wire.send([0])
            let number = try #require(try engine.flows(of: nil).first).number
            // To this one the mark says nothing.
            let mask = try #require(MarkMask(0xffff_0000))
            let stranger = try await lab.gateway.make {
                Stranger(engine: try KernelEngine(mask: mask, owned: false))
            }
            #expect(try !stranger.engine.end(number))
            #expect(try engine.flows(of: nil).map(\.number) == [number])
            #expect(try engine.end(number))
        }
    }
}

// SAFETY: one test uses it from one task.
private final class Stranger: @unchecked Sendable {
    let engine: KernelEngine

    init(engine: KernelEngine) { self.engine = engine }
}
