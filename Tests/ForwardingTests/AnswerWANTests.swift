import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `The WAN that answers leave by` {
    private func trace(_ change: (inout NetworkView) -> Void = { _ in }) -> Trace {
        var (table, network) = (ForwardingTable(), Sample.network)
        table.insert(Sample.forward(1, Sample.draft("web")))
        table.insert(Sample.forward(2, Sample.draft("web6", to: "2001:db8:7::10")))
        change(&network)
        return Trace(
            table: table, surroundings: Surroundings(network: network), now: Sample.now)
    }

    private func packet(_ destination: String, port: UInt16 = 8443, by wan: String) -> Packet {
        let isV6 = destination.contains(":")
        return Packet(
            .tcp, from: Sample.endpoint(isV6 ? "2001:db8:51::7" : "198.51.100.7", 40000),
            to: Sample.endpoint(destination, port), arrival: .interface(Sample.interface(wan)))
    }

    private static let wan0 = Sample.interface("wan0")
    private static let wan1 = Sample.interface("wan1")

    @Test func `is the one that the request came in by`() {
        #expect(trace().answerWAN(for: packet("203.0.113.5", by: "wan0")) == Self.wan0)
        #expect(trace().answerWAN(for: packet("192.0.2.5", by: "wan1")) == Self.wan1)
        #expect(trace().answerWAN(for: packet("2001:db8:7::10", by: "wan0")) == Self.wan0)
    }

    @Test func `is left to the routes where the WAN has no next hop of the family`() {
        #expect(trace().answerWAN(for: packet("2001:db8:7::10", by: "wan1")) == nil)
        let failed = trace { $0.exits[Self.wan1] = nil }
        #expect(failed.answerWAN(for: packet("192.0.2.5", by: "wan1")) == nil)
    }

    @Test func `is left to the routes for what no forward carries, inside, and with one WAN`() {
        #expect(trace().answerWAN(for: packet("192.0.2.5", port: 22, by: "wan1")) == nil)
        #expect(trace().answerWAN(for: packet("192.0.2.5", by: "br0")) == nil)
        let one = trace { $0.wans = [Self.wan1] }
        #expect(one.answerWAN(for: packet("192.0.2.5", by: "wan1")) == nil)
        let off = trace { $0.answersFollow = false }
        #expect(off.answerWAN(for: packet("192.0.2.5", by: "wan1")) == nil)
    }

    @Test func `a WAN that failed keeps its number`() {
        var network = Sample.network
        network.exits[Self.wan0] = nil
        #expect(network.number(of: Self.wan1) == 2)
        #expect(!network.routesAnswers(by: Self.wan0))
        #expect(network.routesAnswers(by: Self.wan1))
    }
}
