import Addressing
package import Forwarding

/// A forward as a program, a file or the command line describes it.
///
/// Every key may be absent; what must be there depends on what it is for.
package struct ForwardBody: Codable, Hashable, Sendable {
    package var name: String?
    /// `8443/tcp`, `27015-27030/tcp+udp`.
    package var external: String?
    /// One WAN interface.
    package var on: String?
    /// One external address.
    package var at: String?
    /// `192.168.7.10:443`, `[2001:db8::10]:443`, `nas.lan:443`, `[02:00:00:00:00:01]:443`.
    package var to: String?
    /// Prefixes; an empty list is anywhere.
    package var allow: [String]?
    package var deny: [String]?
    package var hairpin: Bool?
    /// `kept` or `rewritten`.
    package var source: String?
    package var nat6: Bool?
    /// A duration: `2h`.
    package var `for`: String?
    /// A moment, RFC 3339 (`2026-12-24T18:00:00Z`), or `never`.
    package var ends: String?
    package var enabled: Bool?
    package var comment: String?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, external, on, at, to, allow, deny, hairpin, source, nat6, `for`, ends, enabled
        case comment
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(otherThan: CodingKeys.allCases.map(\.rawValue))
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
                enabled: enabled ?? true, comment: comment ?? "")
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
        var words = [transports.all[0].name, "\(ports)"]
        if let on { words.append(on) }
        if let at { words.append(at.replacing(":", with: ".")) }
        if case .address(.v6) = target.host { words.append("v6") }
        return words.joined(separator: "-")
    }

    /// What is to be different about `forward`.
    package func edit(of forward: Forward) throws(Refusal) -> ForwardEdit {
        var edit = ForwardEdit(enabled: enabled)
        if let name { edit.name = try ForwardSpelling.name(name) }
        var ports = forward.external.ports
        if let external {
            let side = try ForwardSpelling.external(external)
            (edit.ports, edit.transports) = (side.ports, side.transports)
            // A target that had the external ports goes on having them.
            if to == nil, forward.target.ports == ports {
                edit.target = Target(host: forward.target.host, ports: side.ports)
            }
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
        edit.comment = comment
        return edit
    }

    private func sourceAddress() throws(Refusal) -> SourceAddress? {
        guard let source else { return nil }
        guard let address = SourceAddress(rawValue: source) else {
            let choices = SourceAddress.allCases.map(\.rawValue)
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
        external = "\(forward.external.ports)/\(forward.transports)"
        switch forward.external.scope {
        case .everyWAN: break
        case .interface(let interface): on = interface.text
        case .address(let address): at = address.description
        }
        to = forward.target.description
        allow = forward.sources.allowed.isEmpty ? nil : forward.sources.allowed.map(\.description)
        deny = forward.sources.denied.isEmpty ? nil : forward.sources.denied.map(\.description)
        hairpin = forward.hairpin ? nil : false
        source = forward.sourceAddress == .kept ? nil : forward.sourceAddress.rawValue
        nat6 = forward.translatesIPv6 ? true : nil
        ends = forward.ends?.text
        enabled = forward.enabled ? nil : false
        comment = forward.comment.isEmpty ? nil : forward.comment
    }
}

/// Several forwards, for one step.
package struct ForwardsBody: Codable, Hashable, Sendable {
    package var forwards: [ForwardBody]

    package init(_ forwards: [ForwardBody]) { self.forwards = forwards }

    private enum CodingKeys: String, CodingKey { case forwards }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(otherThan: ["forwards"])
        forwards = try decoder.container(keyedBy: CodingKeys.self)
            .decode([ForwardBody].self, forKey: .forwards)
    }

    /// All of them, or what is wrong with them: the first hundred things.
    package func drafts() throws(RefusedBodies) -> [ForwardDraft] {
        var (drafts, refusals): ([ForwardDraft], [Refusal]) = ([], [])
        for body in forwards {
            do throws(Refusal) { drafts.append(try body.draft()) } catch { refusals.append(error) }
            guard refusals.count < 100 else { break }
        }
        guard refusals.isEmpty else { throw RefusedBodies(refusals: refusals) }
        return drafts
    }
}

/// What is wrong with the forwards of one request.
package struct RefusedBodies: Error, Hashable, Sendable {
    package var refusals: [Refusal]
}
