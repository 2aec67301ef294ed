import Addressing
import Diagnosis
import Forwarding
import TestKit
import Testing

@Suite struct `What is reported of a WAN` {
    /// A router that is, or cannot be, asked.
    private struct Router: UpstreamAsking {
        var failure: Int32?

        func externalAddress(
            by router: IPv4Address?, from own: IPv4Address, on wan: InterfaceName
        ) async throws(UpstreamUnreached) -> UpstreamAnswer? {
            if let failure { throw UpstreamUnreached(code: failure) }
            return nil
        }
    }

    private static let wan = Sample.interface("wan0")

    private func report(_ failure: Int32?) async throws -> WANReport? {
        let link = Link(
            interface: Self.wan, address: Sample.address("198.20.0.5"), prefixLength: 24)
        let network = NetworkView(wans: [Self.wan], links: [link])
        return try await WANSurvey(servers: [], upstream: Router(failure: failure))
            .survey(network).wans.first
    }

    @Test func `that a router could not be asked is not its silence`() async throws {
        let unasked = try await report(1)
        #expect(unasked?.upstream == nil && unasked?.upstreamFailure == 1)
        let silent = try await report(nil)
        #expect(silent?.upstream == nil && silent?.upstreamFailure == nil)
    }

    @Test(arguments: ["192.0.2.5", "198.51.100.5", "203.0.113.5"])
    func `warns of an address for documentation that nobody has seen`(address: String) {
        let report = WANReport(Self.wan, IPv4Address(address))
        #expect(report.verdict == .notAsked && report.isForDocumentation)
        #expect(report.severity == .warning)
    }

    @Test func `warns of nothing where the address is public, or is seen`() {
        let report = WANReport(Self.wan, IPv4Address("198.20.0.5"))
        #expect(report.severity == .note && !report.isForDocumentation)
    }

    @Test func `warns of IPv6 for documentation where there is nothing else`() {
        var report = WANReport(Self.wan, nil)
        report.ipv6 = [IPv6Address("2001:db8:ff::5"), IPv6Address("fe80::1")].compactMap(\.self)
        #expect(report.verdict == .onlyIPv6 && report.severity == .warning)
        report.ipv6 = [IPv6Address("2a00:1::5")].compactMap(\.self)
        #expect(report.severity == .note)
    }
}
