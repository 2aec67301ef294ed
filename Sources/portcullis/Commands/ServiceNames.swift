import Addressing
import ControlModel
import Forwarding
import FoundationEssentials

/// Finds the ports of a service by its name: in our own catalogue, then in the system's table.
enum ServiceNames {
    /// One description for each port range that the service needs.
    static func bodies(external: String, target: String, name: String?) throws(Refusal)
        -> [ForwardBody]
    {
        guard external.lowercased() != Transports.everything.rawValue else {
            return [body(external, target, name)]
        }
        let isPort = external.utf8.first.map { (48...57).contains($0) || $0 == 45 } ?? true
        guard let ports = ports(of: external) else {
            if isPort { return [body(external, target, name)] }
            let known = ServiceCatalogue.all.flatMap(\.names)
            throw Refusal(
                field: .external, value: external,
                problem: .unknownService(nearest: nearestName(to: external, among: known)))
        }
        let base = name ?? external.lowercased()
        return ports.enumerated().map { place, spelling in
            body(spelling, target, place == 0 ? base : "\(base)-\(place + 1)")
        }
    }

    private static func body(_ external: String, _ target: String, _ name: String?) -> ForwardBody {
        var body = ForwardBody()
        body.external = external
        body.to = target
        body.name = name
        return body
    }

    private static func ports(of service: String) -> [String]? {
        if let known = ServiceCatalogue.service(named: service) {
            return known.ports.compactMap { entry in
                entry.range.map { "\($0)/\(entry.transports)" }
            }
        }
        let table = (try? String(contentsOfFile: "/etc/services", encoding: .utf8)) ?? ""
        return systemPorts(of: service, in: table).map { [$0] }
    }

    /// Lines of `services(5)`: `name port/protocol alias …`.
    static func systemPorts(of service: String, in table: String) -> String? {
        var found: [UInt16: Set<String>] = [:]
        for line in table.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2,
                ([words[0]] + words.dropFirst(2)).contains(where: { $0 == service })
            else { continue }
            let parts = words[1].split(separator: "/")
            guard parts.count == 2, let port = UInt16(parts[0]) else { continue }
            found[port, default: []].insert(String(parts[1]))
        }
        guard let port = found.keys.min(), let protocols = found[port] else { return nil }
        let spelled =
            protocols.isSuperset(of: ["tcp", "udp"]) ? "tcp+udp" : protocols.min() ?? "tcp"
        return "\(port)/\(spelled)"
    }
}
