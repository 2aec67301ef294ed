import Addressing
import Forwarding
import GRDB

/// A forward as a row: every part in the spelling that people use, so that the file can be read with
/// any SQLite program, ten years from now.
struct ForwardRow {
    static let columns = [
        "id", "name", "transports", "ports", "on_interface", "at_address", "target", "allow",
        "deny", "hairpin", "source", "nat6", "ends", "enabled", "comment", "origin", "creator",
        "created", "schedule", "closing", "limits", "relay", "lease",
        "upstream",
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
            forward.created.seconds, forward.schedule?.description, forward.closing.rawValue,
            LimitColumn.text(forward.limits), RelayColumn.text(forward.relay),
            LeaseColumn.text(forward), forward.asksUpstream,
        ]
    }

    private static func text(_ prefixes: [Prefix]) -> String {
        prefixes.map(\.description).joined(separator: " ")
    }

    /// Reads the columns that begin at `start`.
    static func forward(_ row: Row, from start: Int = 0) throws -> Forward {
        // A file that somebody has edited by hand may hold anything anywhere.
        do { if let forward = try parse(row, start) { return forward } } catch is RowDecodingError {
        }
        throw StoreError.unreadable(forward: name(row, start))
    }

    private static func name(_ row: Row, _ start: Int) -> String {
        (try? row.decode(String.self, atIndex: start + 1)) ?? "without a name"
    }

    private static func parse(_ row: Row, _ start: Int) throws -> Forward? {
        func value<Value: DatabaseValueConvertible>(_ place: Int) throws -> Value {
            try row.decode(Value.self, atIndex: start + place)
        }
        let (interface, address): (String?, String?) = (try value(4), try value(5))
        let ends: Int64? = try value(12)
        let scheduleText: String? = try value(18)
        guard let number = UInt16(exactly: try value(0) as Int), let id = ForwardID(number),
            let name = ForwardName(try value(1) as String),
            let transports = Transports(rawValue: try value(2)),
            let ports = try? PortRange(parsing: try value(3) as String),
            let scope = try? ForwardSpelling.scope(on: interface, at: address),
            let target = try? ForwardSpelling.target(try value(6), external: ports),
            let allowed = prefixes(try value(7)), let denied = prefixes(try value(8)),
            let source = SourceAddress(rawValue: try value(10)),
            let origin = Origin(rawValue: try value(15)),
            let closing = Closing(rawValue: try value(19)),
            let limits = LimitColumn.limits(try value(20)),
            let relay = RelayColumn.terms(try value(21), external: ports),
            let schedule = Self.schedule(scheduleText),
            let (lease, peers) = LeaseColumn.parse(try value(22))
        else { return nil }
        var forward = Forward(
            id: id, name: name, transports: transports,
            external: ExternalSide(ports: ports, scope: scope), target: target,
            sources: SourcePolicy(allowed: allowed, denied: denied, peers: peers),
            hairpin: try value(9),
            sourceAddress: source, translatesIPv6: try value(11),
            ends: ends.map { Timestamp(seconds: $0) }, schedule: schedule.value, closing: closing,
            limits: limits, relay: relay, asksUpstream: try value(23), enabled: try value(13),
            comment: try value(14), origin: origin, creator: try value(16),
            created: Timestamp(seconds: try value(17)))
        forward.lease = lease
        return forward
    }

    /// Nil for what cannot be read; no schedule at all is one that can.
    private static func schedule(_ text: String?) -> (value: Schedule?, Void)? {
        guard let text else { return (nil, ()) }
        return (try? ForwardSpelling.schedule(text)).map { ($0, ()) }
    }

    private static func prefixes(_ text: String) -> [Prefix]? {
        guard !text.isEmpty else { return [] }
        let words = text.split(separator: " ").map(String.init)
        return try? ForwardSpelling.prefixes(words, .allow)
    }
}
