import ControlModel

/// Says what stands between each WAN and the internet.
enum WANReport {
    static func show(_ answer: Views.WANs) {
        for (place, wan) in answer.wans.enumerated() {
            if place > 0 { print("") }
            show(wan)
        }
        if answer.wans.isEmpty { print("no WAN is known; name it: portcullis run --wan …") }
        for server in answer.servers where server.endpoint == nil {
            Console.error("the name of the STUN server \(server.name) has no address")
        }
    }

    private static func show(_ wan: Views.WAN) {
        print(Console.bold(wan.interface))
        line("address", wan.address.map(words) ?? "none")
        for address in wan.ipv6 { line("IPv6", words(address) + routing(address, wan)) }
        overIPv6(wan.ipv6Verdict).map { line("IPv6", $0) }
        for sighting in wan.sightings {
            line("seen as", "\(sighting.seen ?? "nothing: no answer") by \(sighting.server)")
        }
        if let failure = wan.failure { line("seen as", failure) }
        line("NAT above", above(wan.nat))
        line("mapping", wan.mapping.map(words) ?? "not known")
        line("filtering", wan.filtering.map(words) ?? "not known")
        line("hairpin", wan.hairpin.map { $0 ? "works" : "does not work" } ?? "not tried")
        line("upstream", wan.upstream.map(words) ?? withoutUpstream(wan.upstreamFailure))
        line("verdict", wan.severity == "note" ? wan.sentence : Console.alarm(wan.sentence))
        line("to do", wan.advice)
    }

    private static func line(_ name: String, _ text: String) {
        let gap = String(repeating: " ", count: max(1, 11 - name.count))
        print("  \(name)\(gap)\(text)")
    }

    private static func words(_ address: Views.WAN.Address) -> String {
        "\(address.address) (\(address.kind))"
    }

    private static func words(_ behaviour: Views.WAN.Behaviour) -> String {
        behaviour.kind == "none" ? behaviour.words : "\(behaviour.kind): \(behaviour.words)"
    }

    private static func words(_ upstream: Views.WAN.Upstream) -> String {
        "\(upstream.address) by \(upstream.protocol)"
    }

    private static func withoutUpstream(_ failure: String?) -> String {
        failure.map { "could not be asked: \($0)" } ?? "no router in front says its address"
    }

    /// What an address that nobody outside has seen is worth.
    private static func routing(_ address: Views.WAN.Address, _ wan: Views.WAN) -> String {
        guard address.kind == "documentation", wan.ipv6Verdict != "direct" else { return "" }
        return ": the internet has no route to it"
    }

    /// Nil where there is nothing to say.
    private static func overIPv6(_ verdict: String) -> String? {
        switch verdict {
        case "none": "no address that the internet could know"
        case "stun-silent": "no STUN server answered over it"
        case "direct": "works: the internet sees the WAN's own address"
        case "seen-differently":
            Console.alarm("the internet sees another address: it is translated")
        default: nil
        }
    }

    private static func above(_ nat: String) -> String {
        switch nat {
        case "double-nat": "a router (double NAT)"
        case "cgnat": "the provider's (CGNAT)"
        case "double-nat-and-cgnat": "a router and the provider's (double NAT, CGNAT)"
        case "unexplained": "something"
        case "unknown": "not known"
        default: nat
        }
    }
}
