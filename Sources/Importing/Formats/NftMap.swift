import Addressing
import Forwarding

/// What stands behind `dnat to`: a target, or a map of targets by port.
struct NftMap {
    private(set) var rest: ArraySlice<String>
    private(set) var transport: TransportProtocol?
    private let sets: NftSets

    init(words: ArraySlice<String>, sets: NftSets) { (rest, self.sets) = (words, sets) }

    mutating func parse() -> RuleAction {
        if rest.count >= 3, let name = rest.first, Reading.transport(name) != nil || name == "th",
            rest.dropFirst().first == "dport"
        {
            transport = Reading.transport(name)
            rest.removeFirst(2)
            guard rest.popFirst() == "map" else { return .other("dnat by port") }
            return map()
        }
        let words = Array(rest.prefix { $0 != "comment" && $0 != ";" })
        rest = rest.dropFirst(words.count)
        if words.contains("map") || words.contains("numgen") || words.contains("jhash") {
            return .other("dnat to \(words.joined(separator: " "))")
        }
        guard let first = words.first, let target = Self.destination(words) else {
            return words.first.map { Self.spreads($0) ? .dnat([]) : .unreadable } ?? .unreadable
        }
        return Self.spreads(first) ? .dnat([]) : .dnat([target])
    }

    /// Whether a text is a range of addresses.
    private static func spreads(_ text: String) -> Bool {
        let parts = text.parts("-", atMost: 2)
        return parts.count == 2 && IPAddress(parts[0]) != nil
    }

    /// `10.0.0.1`, `10.0.0.1:80`, `10.0.0.1 . 80`, `[2001:db8::1]:80`; flags may follow.
    private static func destination(_ words: [String]) -> Destination? {
        guard let first = words.first, var target = Reading.destination(first) else { return nil }
        if words.count >= 3, words[1] == "." || words[1] == ":" {
            guard let ports = Reading.ports(words[2]) else { return nil }
            target.ports = ports
        }
        return target
    }

    private mutating func map() -> RuleAction {
        var words: [String] = []
        guard let first = rest.popFirst() else { return .unreadable }
        if first.first == "@" {
            guard let elements = sets[first] else { return .other("dnat by map \(first)") }
            words = elements
        } else {
            guard first == "{" else { return .unreadable }
            while let next = rest.popFirst(), next != "}" { words.append(next) }
        }
        let entries = words.split(separator: ",").map(Array.init)
        let pairs = entries.compactMap(Self.pair)
        guard pairs.count == entries.count, !pairs.isEmpty else { return .unreadable }
        return .dnatByPort(pairs)
    }

    /// `80 : 10.0.0.1 . 8080`, a comment between the two perhaps.
    private static func pair(_ words: [String]) -> PortDestination? {
        guard let colon = words.firstIndex(of: ":"), let first = words.first,
            let ports = Reading.ports(first),
            let destination = destination(Array(words[(colon + 1)...]))
        else { return nil }
        return PortDestination(ports: ports, destination: destination)
    }
}
