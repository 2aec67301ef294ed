import Addressing
package import Forwarding

/// A forward as a program, a file or the command line describes it.
///
/// Every key may be absent; what must be there depends on what it is for.
package struct ForwardBody: Codable, Hashable, Sendable {
    package var name: String?
    /// `8443/tcp`, `27015-27030/tcp+udp`, `all`.
    package var external: String?
    /// One WAN interface.
    package var on: String?
    /// One external address.
    package var at: String?
    /// `192.168.7.10:443`, `[2001:db8::10]:443`, `nas.lan:443`, `[02:00:00:00:00:01]:443`,
    /// `gateway`.
    package var to: String?
    /// Prefixes; an empty list is anywhere.
    package var allow: [String]?
    package var deny: [String]?
    package var hairpin: Bool?
    /// `kept`, `rewritten` or `transparent`.
    package var source: String?
    package var nat6: Bool?
    /// A duration: `2h`.
    package var `for`: String?
    /// A moment, RFC 3339 (`2026-12-24T18:00:00Z`), or `never`.
    package var ends: String?
    /// `mon-fri 18:00-23:00; sat 10:00-02:00 Europe/Berlin`, or `always`.
    package var schedule: String?
    /// `end` or `keep`: what becomes of live flows when the schedule closes.
    package var whenClosed: String?
    /// Flows at a time, in all and for each source; a number or `none`.
    package var maxConnections: String?
    package var maxConnectionsPerSource: String?
    /// New flows, in all and for each source: `20/s`, `6/min`, `none`.
    package var maxRate: String?
    package var maxRatePerSource: String?
    /// Bytes of a calendar month: `50GB`, `none`.
    package var monthly: String?
    /// For each direction: `10Mbit`, `none`.
    package var bandwidth: String?
    /// What only a relay keeps.
    package var relay = RelayBody()
    /// Whether the router in front is asked for the ports, too.
    package var upstream: Bool?
    package var enabled: Bool?
    package var comment: String?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, external, on, at, to, allow, deny, hairpin, source, nat6, `for`, ends, schedule
        case monthly, bandwidth, upstream, enabled, comment
        case whenClosed = "when_closed"
        case maxConnections = "max_connections"
        case maxConnectionsPerSource = "max_connections_per_source"
        case maxRate = "max_rate"
        case maxRatePerSource = "max_rate_per_source"
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(
            otherThan: CodingKeys.allCases.map(\.rawValue) + RelayBody.keys)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        external = try values.decodeIfPresent(String.self, forKey: .external)
        on = try values.decodeIfPresent(String.self, forKey: .on)
        at = try values.decodeIfPresent(String.self, forKey: .at)
        to = try values.decodeIfPresent(String.self, forKey: .to)
        allow = try values.decodeIfPresent([String].self, forKey: .allow)
        deny = try values.decodeIfPresent([String].self, forKey: .deny)
        hairpin = try values.decodeIfPresent(Bool.self, forKey: .hairpin)
        source = try values.decodeIfPresent(String.self, forKey: .source)
        nat6 = try values.decodeIfPresent(Bool.self, forKey: .nat6)
        `for` = try values.decodeIfPresent(String.self, forKey: .for)
        ends = try values.decodeIfPresent(String.self, forKey: .ends)
        schedule = try values.decodeIfPresent(String.self, forKey: .schedule)
        whenClosed = try values.decodeIfPresent(String.self, forKey: .whenClosed)
        maxConnections = try values.decodeNumberOrText(forKey: .maxConnections)
        maxConnectionsPerSource = try values.decodeNumberOrText(
            forKey: .maxConnectionsPerSource)
        maxRate = try values.decodeIfPresent(String.self, forKey: .maxRate)
        maxRatePerSource = try values.decodeIfPresent(String.self, forKey: .maxRatePerSource)
        monthly = try values.decodeIfPresent(String.self, forKey: .monthly)
        bandwidth = try values.decodeIfPresent(String.self, forKey: .bandwidth)
        relay = try RelayBody(from: decoder)
        upstream = try values.decodeIfPresent(Bool.self, forKey: .upstream)
        enabled = try values.decodeIfPresent(Bool.self, forKey: .enabled)
        comment = try values.decodeIfPresent(String.self, forKey: .comment)
    }
}

extension ForwardBody {
    /// A forward that is to be made.
    package func draft() throws(Refusal) -> ForwardDraft {
        do throws(Refusal) {
            guard let external else {
                throw Refusal(field: .external, value: "", problem: .missing)
            }
            guard let to else { throw Refusal(field: .to, value: "", problem: .missing) }
            let side = try ForwardSpelling.external(external)
            let target = try ForwardSpelling.target(to, external: side.ports)
            let scope = try ForwardSpelling.scope(on: on, at: at)
            let name = name ?? standardName(side.transports, side.ports, target)
            return ForwardDraft(
                name: try ForwardSpelling.name(name), transports: side.transports,
                external: ExternalSide(ports: side.ports, scope: scope),
                target: target,
                sources: SourcePolicy(
                    allowed: try ForwardSpelling.prefixes(allow ?? [], .allow),
                    denied: try ForwardSpelling.prefixes(deny ?? [], .deny)),
                hairpin: hairpin ?? true, sourceAddress: try sourceAddress() ?? .kept,
                translatesIPv6: nat6 ?? false, ends: try endTime() ?? .never,
                schedule: try scheduleChange() ?? nil, closing: try closing() ?? .end,
                limits: try limits(from: .none), relay: try terms(from: .none, side.ports),
                asksUpstream: upstream ?? false, enabled: enabled ?? true, comment: comment ?? "")
        } catch {
            var refusal = error
            refusal.forward = name.flatMap { ForwardName($0) }
            throw refusal
        }
    }

    /// `tcp-443`; what may stand beside it for the same port gets a name of its own.
    private func standardName(
        _ transports: Transports, _ ports: PortRange, _ target: Target
    ) -> String {
        var words =
            transports == .everything
            ? [transports.rawValue] : [transports.all[0].name, "\(ports)"]
        if let on { words.append(on) }
        if let at { words.append(at.replacing(":", with: ".")) }
        if case .address(.v6) = target.host { words.append("v6") }
        return words.joined(separator: "-")
    }

    /// What is to be different about `forward`.
    package func edit(of forward: Forward) throws(Refusal) -> ForwardEdit {
        var edit = ForwardEdit(enabled: enabled)
        if let name { edit.name = try ForwardSpelling.name(name) }
        var (ports, relay) = (forward.external.ports, forward.relay)
        if let external {
            let side = try ForwardSpelling.external(external)
            (edit.ports, edit.transports) = (side.ports, side.transports)
            // A target that had the external ports goes on having them.
            if to == nil, forward.target.ports == ports {
                edit.target = Target(host: forward.target.host, ports: side.ports)
            }
            relay = relay.moved(from: ports, to: side.ports)
            ports = side.ports
        }
        if on != nil || at != nil {
            edit.scope =
                on == "" || at == "" ? .everyWAN : try ForwardSpelling.scope(on: on, at: at)
        }
        if let to { edit.target = try ForwardSpelling.target(to, external: ports) }
        if let allow { edit.allowed = try ForwardSpelling.prefixes(allow, .allow) }
        if let deny { edit.denied = try ForwardSpelling.prefixes(deny, .deny) }
        edit.hairpin = hairpin
        edit.sourceAddress = try sourceAddress()
        edit.translatesIPv6 = nat6
        edit.ends = try endTime()
        edit.schedule = try scheduleChange()
        edit.closing = try closing()
        let limits = try limits(from: forward.limits)
        edit.limits = limits == forward.limits ? nil : limits
        relay = try terms(from: relay, ports)
        edit.relay = relay == forward.relay ? nil : relay
        edit.asksUpstream = upstream
        edit.comment = comment
        return edit
    }

    private func sourceAddress() throws(Refusal) -> SourceAddress? {
        guard let source else { return nil }
        guard source != ForwardSpelling.transparent else { return .kept }
        guard let address = SourceAddress(rawValue: source) else {
            let choices = SourceAddress.allCases.map(\.rawValue) + [ForwardSpelling.transparent]
            throw Refusal(field: .source, value: source, problem: .choice(choices))
        }
        return address
    }

    private func endTime() throws(Refusal) -> EndTime? {
        if let `for` {
            guard ends == nil else {
                throw Refusal(
                    field: .lasting, value: `for`, problem: .contradiction(with: .ends))
            }
            return .after(try ForwardSpelling.duration(`for`))
        }
        guard let ends else { return nil }
        guard ends != "never" else { return .never }
        guard let moment = Timestamp(text: ends) else {
            throw Refusal(field: .ends, value: ends, problem: .duration)
        }
        return .at(moment)
    }

    /// The forward as a file says it; reading it back gives the same terms.
    package init(_ forward: Forward) {
        name = forward.name.text
        external = forward.externalText
        switch forward.external.scope {
        case .everyWAN: break
        case .interface(let interface): on = interface.text
        case .address(let address): at = address.description
        }
        to = forward.target.description
        allow = forward.sources.allowed.isEmpty ? nil : forward.sources.allowed.map(\.description)
        deny = forward.sources.denied.isEmpty ? nil : forward.sources.denied.map(\.description)
        hairpin = forward.hairpin ? nil : false
        source = forward.sourceText == SourceAddress.kept.rawValue ? nil : forward.sourceText
        nat6 = forward.translatesIPv6 ? true : nil
        ends = forward.ends?.text
        fill(forward.schedule, forward.closing, forward.limits)
        relay = RelayBody(forward.relay)
        upstream = forward.asksUpstream ? true : nil
        enabled = forward.enabled ? nil : false
        comment = forward.comment.isEmpty ? nil : forward.comment
    }
}
