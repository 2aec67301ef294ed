import ControlModel
import Forwarding
import FoundationEssentials

/// Numbers and times in the words of people.
enum Words {
    /// `1.2 MB`; a thousand at a time, as network speeds are reckoned.
    static func bytes(_ count: UInt64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var (value, unit) = (Double(count), 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `2h 5m`: the two largest units.
    static func duration(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        var (rest, parts) = (max(0, seconds), [String]())
        for (size, name) in units where rest >= size || (parts.isEmpty && size == 1) {
            parts.append("\(rest / size)\(name)")
            rest %= size
            if parts.count == 2 { break }
        }
        return parts.joined(separator: " ")
    }

    /// How long until a moment of the API.
    static func until(_ text: String?) -> String {
        guard let text, let moment = Timestamp(text: text) else { return "never" }
        let left = moment.seconds - Int64(Date().timeIntervalSince1970)
        return left <= 0 ? "now" : "in \(duration(left))"
    }

    /// Which device has asked for a forward, and how.
    static func device(_ lease: Views.Lease) -> String {
        let mac = lease.mac.map { " (\($0))" } ?? ""
        let manager = lease.manager.map { ", asked for by \($0)" } ?? ""
        let peers = lease.forPeers ? ", for its own flows to certain peers" : ""
        let present = lease.whilePresent ? ", for as long as it is there" : ""
        return "\(lease.device)\(mac) by \(lease.protocol)\(manager)\(peers)\(present)"
    }

    static func openTo(_ prefixes: [String], deny: [String]) -> String {
        let allowed =
            prefixes.count <= 2
            ? prefixes.joined(separator: ", ") : "\(prefixes[0]) and \(prefixes.count - 1) more"
        return deny.isEmpty ? allowed : "\(allowed), not \(deny.count) denied"
    }

    /// Where the answers to what comes in by each of several WANs go.
    static func answers(of wans: [Views.Interface]) -> [String] {
        guard wans.count > 1 else { return [] }
        return wans.map { wan in
            guard wan.routesAnswers == true, let hops = wan.nextHops else {
                let reason = wan.nextHops?.isEmpty == false ? "" : "; it has no next hop"
                return "\(wan.name): by the machine's own routes\(reason)"
            }
            return "\(wan.name): by it, via \(hops.joined(separator: " and "))"
        }
    }
}
