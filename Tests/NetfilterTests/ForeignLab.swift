import Addressing
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// Rules of others on a lab's gateway, beside our own.
extension Host {
    /// Loads rules as their owner would by hand.
    func load(nft rules: String) throws {
        let result = try command(["nft", "-f", "-"], input: rules)
        try #require(result.succeeded, "\(rules)\n\(result.errors)")
    }

    /// Loads rules as Docker and ufw do.
    func load(iptables rules: String, v6: Bool = false) throws {
        let program = v6 ? "ip6tables-nft-restore" : "iptables-nft-restore"
        let result = try command([program, "--noflush"], input: rules)
        try #require(result.succeeded, "\(rules)\n\(result.errors)")
    }

    /// Loads rules into the old module; its tools of all labs have one lock.
    func load(legacy rules: String, v6: Bool = false, flush: Bool = false) throws {
        let program = v6 ? "ip6tables-legacy-restore" : "iptables-legacy-restore"
        let options = ["-w", "60"] + (flush ? [] : ["--noflush"])
        let result = try command([program] + options, input: rules)
        try #require(result.succeeded, "\(rules)\n\(result.errors)")
    }

    func foreignRuleset() async throws -> ForeignRuleset {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            var ruleset = try ForeignRuleset.read(through: &socket)
            let unread = ruleset.addLegacyTables()
            try #require(unread.isEmpty, "\(unread)")
            return ruleset
        }
    }
}

extension Lab {
    /// Whether a packet to the forward comes to lan1 and its answer back.
    private func arrives(_ transport: TransportProtocol, at place: Endpoint) async throws -> Bool {
        let server = try await Wire.listening(transport, on: lan1, place.port)
        let visit = try await server.visit(transport, from: internet, to: place)
        return visit?.isAnswered ?? false
    }

    /// Asks the evaluator and the kernel, there and back; what the evaluator says is returned.
    func told(
        _ packet: TracedPacket = .forwarded(), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let ruleset = try await gateway.foreignRuleset()
        let told = ruleset.told(packet)
        let back = ruleset.told(packet.answer)
        let arrived = try await arrives(packet.transport, at: packet.destination)
        #expect(
            arrived == (told == "passes" && back == "passes"), "\(told), back: \(back)",
            sourceLocation: sourceLocation)
        return told == "passes" && back != told ? "back: \(back)" : told
    }
}

extension TracedPacket {
    static let gatewayAddresses = Set(Sample.network.links.map(\.address))

    /// From the internet host to the forward of `Sample.draft()`, and on to lan1.
    static func forwarded(
        _ transport: TransportProtocol = .tcp, from source: String = "203.0.113.9",
        port: UInt16? = 40000, external: String = "203.0.113.5", to target: String = "192.168.7.10",
        _ asked: UInt16 = 8443, number: UInt16 = 1
    ) -> TracedPacket {
        var packet = TracedPacket(
            transport, from: Sample.address(source), port: port,
            to: Sample.endpoint(external, asked), translation: Sample.endpoint(target, asked),
            in: Sample.interface("wan0"), out: Sample.interface("br0"))
        packet.connectionMark = MarkMask.standard.mark(of: Sample.id(number))
        packet.ownAddresses = gatewayAddresses
        return packet
    }

    /// The answer to it, as it comes from the target.
    var answer: TracedPacket {
        let place = translation ?? destination
        var packet = TracedPacket(
            transport, from: place.address, port: place.port,
            to: Endpoint(source, sourcePort ?? 40000), in: outInterface, out: inInterface)
        packet.state = .established
        packet.isReply = true
        packet.isOfTranslatedFlow = translation != nil
        packet.connectionMark = connectionMark
        packet.ownAddresses = ownAddresses
        return packet
    }
}

extension ForeignRuleset {
    static let road: [ForeignHook] = [.prerouting, .forward, .postrouting]

    /// What stops the packet for certain, as `table chain: rule`; `passes`, or `unsure` and why.
    func told(_ packet: TracedPacket, along road: [ForeignHook] = road) -> String {
        guard let (_, verdict) = obstacle(to: packet, along: road) else { return "passes" }
        return verdict.told
    }
}

extension ForeignVerdict {
    var told: String {
        switch self {
        case .passes: "passes"
        case .dropped(let rule, _): "\(rule.family.name) \(rule.table) \(rule.chain): \(rule.text)"
        case .translated(let rule, _): "translated: \(rule.text)"
        case .unsure(let doubts, let otherwise):
            "unsure: "
                + doubts.map { "\($0.rule.chain): \($0.rule.text) (\($0.reason))" }
                .joined(separator: "; ") + " otherwise " + otherwise.told
        }
    }
}
