import Addressing
import CLinux
import Forwarding
import Glibc
import TestKit
import Testing

@testable import Relay

/// A loop that relays datagrams of one forward, on the loopback interface.
final class DatagramRelay: Sendable {
    let loop: LoopHandle
    let external: Endpoint
    private static let listener: ListenerID = 7

    /// - Parameter change: makes the plan another than the plainest.
    init(
        to targets: Endpoint..., at text: String = "127.0.0.1", flows: Int = 4096,
        _ change: (inout ServicePlan) -> Void = { _ in }
    ) throws {
        let key = ListenKey(
            transport: .udp, address: Sample.address(text), port: 0, device: nil)
        let sizes = LoopSizes(
            flows: 16, datagramFlows: flows, listeners: 16, pipes: 4, buffers: 16,
            descriptors: 8192)
        _ = clinux_raise_descriptor_limit()
        loop = try LoopHandle(0, sizes, .now(), announce: { _ in })
        let descriptor = try #require(
            try BoundSockets(key, count: 1, joining: false).handOver().first)
        var place = clinux_endpoint()
        _ = unsafe clinux_own_end(descriptor, &place)
        external = Endpoint(Sample.address(text), place.port)
        var plan = ServicePlan(
            forward: Sample.id(1), firstPort: place.port, groups: [targets.map(PlacePlan.init)],
            names: [], allowed: [], denied: [], barred: [], trusted: [], terms: ServiceTerms())
        change(&plan)
        loop.post([
            .serve(1, plan),
            .listenForDatagrams(1, descriptor: descriptor, listener: Self.listener),
        ])
    }

    deinit { loop.stop() }

    func serve(_ change: (inout ServicePlan) -> Void, to targets: Endpoint...) {
        var plan = ServicePlan(
            forward: Sample.id(1), firstPort: external.port,
            groups: [targets.map(PlacePlan.init)], names: [], allowed: [], denied: [], barred: [],
            trusted: [], terms: ServiceTerms())
        change(&plan)
        loop.post([.serve(1, plan)])
    }

    func closeListener() { loop.post([.deafen(Self.listener, isMoved: false)]) }

    var flows: [FlowFacts] { get throws { try loop.ask(.flows(service: nil)).flows } }

    var resources: LoopReport.Resources { get throws { try loop.ask(.resources).resources } }

    var ended: [EndedFlow] { get throws { try loop.ask(.endedFlows).ended } }

    var counters: Service.Counters {
        get throws { try #require(try loop.ask(.counters).counters.first).counters }
    }

    /// Asks again until it is so, for some seconds at most; false when it never was.
    func comesTo(_ condition: () throws -> Bool) rethrows -> Bool {
        let end = clinux_milliseconds() + 10_000
        while clinux_milliseconds() < end {
            if try condition() { return true }
            usleep(2000)
        }
        return false
    }
}

extension PlacePlan {
    init(_ target: Endpoint) {
        self.init(firstPort: target.port)
        switch target.address {
        case .v4(let address): v4 = address
        case .v6(let address): v6 = address
        }
    }
}
