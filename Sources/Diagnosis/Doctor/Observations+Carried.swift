import Addressing
import Forwarding

/// A forward that the engine carries at the moment.
struct Carried: Sendable {
    var forward: Forward
    var active: ActiveForward

    var name: String { forward.name.text }
    var addresses: [IPAddress] {
        [active.target4.map(IPAddress.v4), active.target6.map(IPAddress.v6)].compactMap(\.self)
    }
}

extension Observations {
    var network: NetworkView { situation.surroundings.network }

    static func carried(_ situation: Trace, _ report: GatewayReport) -> [Carried] {
        situation.table.sorted.compactMap { forward in
            guard !report.suspended.contains(forward.name),
                let active = forward.active(in: situation.surroundings, at: situation.now),
                !active.isException, !active.isClosed
            else { return nil }
            return Carried(forward: forward, active: active)
        }
    }

    /// Where from outside a forward is asked, by NAT or translated; a pinhole is asked at its target.
    func askedAddresses(of active: ActiveForward) -> [IPAddress] {
        let external: [IPAddress] =
            switch active.scope {
            case .everyWAN: network.wanAddresses
            case .addresses(let addresses): addresses
            }
        let pinhole = active.isPinhole ? active.target6.map { [IPAddress.v6($0)] } ?? [] : []
        let usable = external.filter { address in
            address.family == .v4 ? active.target4 != nil : active.translatesIPv6
        }
        return usable + pinhole
    }

    func setting(_ path: String) -> Int? { settings[path].flatMap { Int($0) } }

    /// The first names in a sentence, and how many more.
    static func list(_ names: [String], most: Int = 5) -> String {
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown) and \(names.count - most) more" : shown
    }
}
