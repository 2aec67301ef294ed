import Addressing
import Forwarding
import GRDB

/// A forward as a row: every part in the spelling that people use, so that the file can be read with
/// any SQLite program, ten years from now.
struct ForwardRow {
    static let columns = [
        "id", "name", "transports", "ports", "on_interface", "at_address", "target", "allow",
        "deny", "hairpin", "source", "nat6", "ends", "enabled", "comment", "origin", "creator",
        "created",
    ]

    static func values(of forward: Forward) -> [(any DatabaseValueConvertible)?] {
        var (interface, address): (String?, String?) = (nil, nil)
        switch forward.external.scope {
        case .everyWAN: break
        case .interface(let name): interface = name.text
        case .address(let at): address = at.description
        }
        return [
            Int(forward.id.number), forward.name.text, forward.transports.rawValue,
            forward.external.ports.description, interface, address, forward.target.description,
            text(forward.sources.allowed), text(forward.sources.denied), forward.hairpin,
            forward.sourceAddress.rawValue, forward.translatesIPv6, forward.ends?.seconds,
            forward.enabled, forward.comment, forward.origin.rawValue, forward.creator,
            forward.created.seconds,
        ]
    }

    private static func text(_ prefixes: [Prefix]) -> String {
        prefixes.map(\.description).joined(separator: " ")
    }

    /// Reads the columns that begin at `start`.
    static func forward(_ row: Row, from start: Int = 0) throws -> Forward {
        let name: String = row[start + 1]
        guard let forward = parse(row, start) else { throw StoreError.unreadable(forward: name) }
        return forward
    }

    private static func parse(_ row: Row, _ start: Int) -> Forward? {
        let (interface, address): (String?, String?) = (row[start + 4], row[start + 5])
        let ends: Int64? = row[start + 12]
        guard let number = UInt16(exactly: row[start] as Int), let id = ForwardID(number),
            let name = ForwardName(row[start + 1] as String),
            let transports = Transports(row[start + 2] as String),
            let ports = try? PortRange(parsing: row[start + 3] as String),
            let scope = try? ForwardSpelling.scope(on: interface, at: address),
            let target = try? ForwardSpelling.target(row[start + 6] as String, external: ports),
            let allowed = prefixes(row[start + 7]), let denied = prefixes(row[start + 8]),
            let source = SourceAddress(rawValue: row[start + 10]),
            let origin = Origin(rawValue: row[start + 15])
        else { return nil }
        return Forward(
            id: id, name: name, transports: transports,
            external: ExternalSide(ports: ports, scope: scope), target: target,
            sources: SourcePolicy(allowed: allowed, denied: denied), hairpin: row[start + 9],
            sourceAddress: source, translatesIPv6: row[start + 11],
            ends: ends.map { Timestamp(seconds: $0) }, enabled: row[start + 13],
            comment: row[start + 14], origin: origin, creator: row[start + 16],
            created: Timestamp(seconds: row[start + 17]))
    }

    private static func prefixes(_ text: String) -> [Prefix]? {
        guard !text.isEmpty else { return [] }
        let words = text.split(separator: " ").map(String.init)
        return try? ForwardSpelling.prefixes(words, .allow)
    }
}
