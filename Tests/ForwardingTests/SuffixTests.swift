import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A device in whatever prefix` {
    private func network(_ links: (String, String, Bool)..., lans: [String] = []) -> NetworkView {
        NetworkView(
            wans: [Sample.interface("wan0")], lans: lans.map { Sample.interface($0) },
            links: links.map {
                Link(
                    interface: Sample.interface($0.0), address: Sample.address($0.1),
                    prefixLength: 64, isDeprecated: $0.2)
            })
    }

    private func place(_ text: String, in network: NetworkView) -> String? {
        ForwardSpelling.host(text).flatMap {
            Surroundings(network: network).addresses(of: $0)?.v6?.description
        }
    }

    @Test func `is in the prefix of the LAN, never in that of a WAN`() {
        let view = network(("wan0", "2001:db8:ff::5", false), ("br0", "2001:db8:7::1", false))
        #expect(place("::10/64", in: view) == "2001:db8:7::10")
        #expect(place("::10/64@br0", in: view) == "2001:db8:7::10")
        #expect(place("::10/64@guest0", in: view) == nil)
        #expect(place("::10/64@wan0", in: view) == nil)
        #expect(place("::10/64", in: network(("wan0", "2001:db8:ff::5", false))) == nil)
    }

    @Test func `is in the prefix that is preferred, and in one that the internet routes`() {
        let view = network(
            ("br0", "2001:db8:7::1", true), ("br0", "2001:db8:8::1", false),
            ("br0", "fd00::1", false))
        #expect(place("::10/64", in: view) == "2001:db8:8::10")
        let local = network(("br0", "fd00::1", false), ("br0", "2001:db8:9::1", true))
        #expect(place("::10/64", in: local) == "2001:db8:9::10")
        #expect(place("::10/64", in: network(("br0", "fd00::1", false))) == "fd00::10")
    }

    @Test func `of several LANs the first counts`() {
        let links = [("guest0", "2001:db8:9::1", false), ("br0", "2001:db8:7::1", false)]
        #expect(place("::10/64", in: network(links[0], links[1])) == "2001:db8:7::10")
        let named = network(links[0], links[1], lans: ["guest0", "br0"])
        #expect(place("::10/64", in: named) == "2001:db8:9::10")
    }

    @Test func `other lengths have no place for it`() {
        var view = network(("br0", "2001:db8:7::1", false))
        view.links[0].prefix = Sample.prefix("2001:db8:7::/56")
        #expect(place("::10/64", in: view) == nil)
    }

    private func outcome(_ draft: ForwardDraft, _ view: NetworkView) -> Outcome {
        decide(
            .add([draft]), by: .clock, table: ForwardingTable(),
            surroundings: Surroundings(network: view), now: Sample.now)
    }

    @Test func `is a pinhole, and follows the rules of one`() throws {
        let view = network(("br0", "2001:db8:7::1", false))
        let fine = Sample.draft("nas", to: "::10/64")
        guard case .accepted(let changes, let warnings) = outcome(fine, view) else {
            Issue.record("refused")
            return
        }
        #expect(!warnings.contains { if case .noPrefixYet = $0 { true } else { false } })
        let active = changes.first?.after?.active(
            in: Surroundings(network: view), at: Sample.now)
        #expect(active?.isPinhole == true && active?.target4 == nil)
        let wrong: [(ForwardDraft, Problem)] = [
            (Sample.draft("a", to: "::10/64", targetPorts: Sample.ports(443)), .pinholeShift),
            (Sample.draft("a", to: "::1/64"), .ownAddress),
            (
                Sample.draft(
                    "a", to: "::10/64", scope: .address(Sample.address("203.0.113.5"))),
                .familyMismatch
            ),
        ]
        for (draft, problem) in wrong {
            guard case .refused(let refusals) = outcome(draft, view) else {
                Issue.record("\(problem) was expected")
                continue
            }
            #expect(refusals.map(\.problem) == [problem])
        }
    }

    @Test func `may wait for a prefix, with a word`() {
        let draft = Sample.draft("nas", to: "::10/64")
        guard case .accepted(_, let warnings) = outcome(draft, network()) else {
            Issue.record("refused")
            return
        }
        #expect(warnings.contains(.noPrefixYet(draft.name, draft.target.host)))
    }

    @Test func `two ways to name one device clash`() {
        let view = network(("br0", "2001:db8:7::1", false))
        var table = ForwardingTable()
        table.insert(Sample.forward(1, Sample.draft("one", to: "2001:db8:7::10")))
        let outcome = decide(
            .add([Sample.draft("two", to: "::10/64")]), by: .clock, table: table,
            surroundings: Surroundings(network: view), now: Sample.now)
        guard case .refused(let refusals) = outcome, case .overlap? = refusals.first?.problem else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `moves with the prefix from one view to the next`() throws {
        let before = network(("br0", "2001:db8:7::1", false))
        let device = try #require(Sample.address("2001:db8:7::10").v6)
        let moved = try #require(Sample.address("2001:db8:8::10").v6)
        let both = network(("br0", "2001:db8:7::1", true), ("br0", "2001:db8:8::1", false))
        #expect(before.successor(of: device, from: before) == nil)
        #expect(both.successor(of: device, from: before) == moved)
        let after = network(("br0", "2001:db8:8::1", false))
        #expect(after.successor(of: device, from: before) == moved)
        #expect(network().successor(of: device, from: before) == nil)
        #expect(after.successor(of: moved, from: both) == nil)
    }
}
