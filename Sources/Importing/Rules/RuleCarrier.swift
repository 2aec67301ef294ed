import Addressing
import Forwarding

/// Turns one rule of a packet filter into forwards.
struct RuleCarrier {
    let line: SourceLine
    let match: RuleMatch

    func carry(_ action: RuleAction, _ carriage: inout Carriage) {
        switch action {
        case .dnat(let destinations):
            guard destinations.count == 1, let destination = destinations.first else {
                return carriage.remark(line, .severalTargets)
            }
            guard !match.ports.isEmpty || !match.carried.isEmpty || destination.ports != nil else {
                return carryWhole(to: destination.host, &carriage)
            }
            let pairs = match.ports.map { PortDestination(ports: $0, destination: destination) }
            carry(pairs, &carriage)
        case .dnatByPort(let pairs): carry(pairs, &carriage)
        case .redirect: carriage.remark(line, .redirect)
        case .accept, .returns: carriage.remark(line, .exception)
        case .jump(let name): carriage.remark(line, .action("jump \(name)"))
        case .log: carriage.remark(line, .logging)
        case .other(let text): carriage.remark(line, .action(text))
        case .nothing:
            // A rule that only counts has no remark.
            if let refusal = match.refusal { return carriage.remark(line, refusal) }
            if let text = match.unsupported.first { carriage.remark(line, .action(text)) }
        case .sourceNAT: carriage.remark(line, .sourceNAT)
        case .unreadable: carriage.remark(line, .unreadable)
        }
    }

    /// A rule that lets IPv6 through to one device is a pinhole.
    func carryPinhole(_ carriage: inout Carriage) {
        guard let device = match.destinations.first, match.destinations.count == 1,
            device.isHost, device.family == .v6, !match.ports.isEmpty
        else { return carriage.remark(line, .forwardRule) }
        do throws(Reason) {
            var wanted = try terms(scope: try scope())
            wanted.host = .address(device.base)
            wanted.isPinhole = true
            for ports in match.ports { carry(wanted, ports, nil, &carriage) }
        } catch { carriage.remark(line, error) }
    }

    /// Everything goes to one device: an exposed host, or one-to-one where an address is named.
    private func carryWhole(to host: TargetHost, _ carriage: inout Carriage) {
        do throws(Reason) {
            var wanted = try terms(
                scope: try scopeWithAddress(), carrying: [.everything])
            (wanted.host, wanted.ports) = (host, .all)
            guard carriage.carry(wanted, from: line) else { return }
            carriage.remark(line, .whole)
            remarkOnInterfaces(wanted.scope, &carriage)
        } catch { carriage.remark(line, error) }
    }

    private func carry(_ pairs: [PortDestination], _ carriage: inout Carriage) {
        do throws(Reason) {
            let wanted = try terms(scope: try scopeWithAddress())
            guard !pairs.isEmpty else { throw .everyPort }
            for pair in pairs {
                var wanted = wanted
                wanted.host = pair.destination.host
                carry(wanted, pair.ports, pair.destination.ports, &carriage)
            }
        } catch { carriage.remark(line, error) }
    }

    private func carry(
        _ wanted: Wanted, _ ports: PortRange, _ target: PortRange?, _ carriage: inout Carriage
    ) {
        var wanted = wanted
        (wanted.ports, wanted.targetPorts) = (ports, target)
        for transports in match.carried {
            wanted.transports = transports
            guard carriage.carry(wanted, from: line) else { continue }
            if let target, target != ports, !ports.isSingle { carriage.remark(line, .shifted) }
            remarkOnInterfaces(wanted.scope, &carriage)
        }
    }

    /// What all forwards of the rule have in common.
    private func terms(
        scope: ExternalSide.Scope, carrying whole: [Transports] = []
    ) throws(Reason) -> Wanted {
        let carried = whole.isEmpty ? match.carried : whole
        if let refusal = match.refusal { throw refusal }
        if let condition = match.unsupported.first { throw .condition(condition) }
        guard !carried.isEmpty else { throw .everyPort }
        guard let ports = PortRange(1), let transports = carried.first else {
            throw .unreadable
        }
        return Wanted(
            name: match.comment, transports: transports, ports: ports, scope: scope,
            host: .address(.v4(.any)), allowed: match.sources.filter { $0.length > 0 },
            denied: match.exceptSources)
    }

    private func scope() throws(Reason) -> ExternalSide.Scope {
        guard let name = match.interfaces.first else { return .everyWAN }
        guard match.interfaces.count == 1, let interface = InterfaceName(name),
            !name.contains("*"), !name.hasSuffix("+")
        else { throw .severalInterfaces(match.interfaces.joined(separator: ", ")) }
        guard InterfaceSide(name) != .inside else { throw .fromInside(name) }
        return .interface(interface)
    }

    private func scopeWithAddress() throws(Reason) -> ExternalSide.Scope {
        let destinations = match.destinations.filter { $0.length > 0 }
        guard let address = destinations.first else { return try scope() }
        guard destinations.count == 1, address.isHost else {
            throw .severalAddresses(destinations.map(\.description).joined(separator: ", "))
        }
        if let name = match.interfaces.first, InterfaceSide(name) == .inside {
            throw .fromInside(name)
        }
        return .address(address.base)
    }

    private func remarkOnInterfaces(
        _ scope: ExternalSide.Scope, _ carriage: inout Carriage
    ) {
        for name in match.exceptInterfaces { carriage.remark(line, .notOn(name)) }
        guard let name = match.interfaces.first else { return }
        if case .address = scope { return carriage.remark(line, .without(name)) }
        if InterfaceSide(name) == .unknown { carriage.remark(line, .checkInterface(name)) }
    }
}
