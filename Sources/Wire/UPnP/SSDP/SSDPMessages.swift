package import Addressing

/// What stands in everything that the device says of itself.
package struct SSDPVoice: Sendable {
    /// Of the description: an address of the interface on which it is heard, never a name.
    package var location: String
    /// `Linux/6.1 UPnP/1.1 Product/1.0`.
    package var server: String
    /// Grows whenever the device joins a network: seconds of 1970.
    package var boot: UInt32
    package var configuration: UInt32
    /// For how many seconds it may be believed, 1800 at least.
    package var lifetime: UInt32
    /// Where single questions go; nil for 1900.
    package var searchPort: UInt16?

    package init(
        location: String, server: String, boot: UInt32, configuration: UInt32,
        lifetime: UInt32 = 1800, searchPort: UInt16? = nil
    ) {
        (self.location, self.server, self.boot) = (location, server, boot)
        (self.configuration, self.searchPort) = (configuration, searchPort)
        self.lifetime = max(lifetime, 1800)
    }

    /// The answer to a search.
    ///
    /// - Parameter date: as HTTP writes it (RFC 9110 section 5.6.7).
    package func answer(_ entry: SSDPEntry, date: String) -> [UInt8] {
        let head = MessageHead(
            "HTTP/1.1 200 OK",
            [
                ("CACHE-CONTROL", "max-age=\(lifetime)"), ("DATE", date), ("EXT", ""),
                ("LOCATION", location), ("SERVER", server), ("ST", entry.target.text),
                ("USN", entry.usn), ("OPT", "\"http://schemas.upnp.org/upnp/1/0/\"; ns=01"),
                ("01-NLS", "\(boot)"),
            ] + counters)
        return head.bytes
    }

    package func alive(_ entry: SSDPEntry, to group: SSDPGroup) -> [UInt8] {
        notify(
            group,
            [
                ("CACHE-CONTROL", "max-age=\(lifetime)"), ("LOCATION", location),
                ("SERVER", server),
            ] + names(entry, "ssdp:alive") + counters)
    }

    package func byebye(_ entry: SSDPEntry, to group: SSDPGroup) -> [UInt8] {
        notify(group, names(entry, "ssdp:byebye") + Array(counters.prefix(2)))
    }

    /// Before the number of the boot becomes another while the device stays.
    package func update(_ entry: SSDPEntry, nextBoot: UInt32, to group: SSDPGroup) -> [UInt8] {
        var fields = [("LOCATION", location)] + names(entry, "ssdp:update") + counters
        fields.append(("NEXTBOOTID.UPNP.ORG", "\(nextBoot)"))
        return notify(group, fields)
    }

    private func notify(_ group: SSDPGroup, _ fields: [(name: String, value: String)]) -> [UInt8] {
        MessageHead("NOTIFY * HTTP/1.1", [("HOST", group.host)] + fields).bytes
    }

    private func names(
        _ entry: SSDPEntry, _ kind: String
    ) -> [(name: String, value: String)] {
        [("NT", entry.target.text), ("USN", entry.usn), ("NTS", kind)]
    }

    private var counters: [(name: String, value: String)] {
        var fields = [
            (name: "BOOTID.UPNP.ORG", value: "\(boot)"),
            (name: "CONFIGID.UPNP.ORG", value: "\(configuration)"),
        ]
        if let searchPort { fields.append(("SEARCHPORT.UPNP.ORG", "\(searchPort)")) }
        return fields
    }
}

/// Whom announcements and searches are for.
package enum SSDPGroup: Hashable, Sendable, CaseIterable {
    case v4, v6Link, v6Site

    package static let port: UInt16 = 1900

    package var endpoint: Endpoint {
        let address: IPAddress =
            switch self {
            case .v4: .v4(IPv4Address(239, 255, 255, 250))
            case .v6Link: .v6(IPv6Address(high: 0xff02 << 48, low: 0xc))
            case .v6Site: .v6(IPv6Address(high: 0xff05 << 48, low: 0xc))
            }
        return Endpoint(address, Self.port)
    }

    var host: String { "\(endpoint)" }
}

extension SSDPSearch {
    /// The question as we ask it.
    package func bytes(to group: SSDPGroup) -> [UInt8] {
        MessageHead(
            "M-SEARCH * HTTP/1.1",
            [
                ("HOST", group.host), ("ST", target.text), ("MAN", "\"ssdp:discover\""),
                ("MX", "\(delay)"),
            ]
        ).bytes
    }
}

/// What another device says of itself.
package struct SSDPNews: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case answer, alive, byebye, update
    }

    package let kind: Kind
    package let target: SSDPTarget
    package let usn: String
    /// Nil only when it leaves.
    package let location: LocalURL?

    /// Nil for what is none, for other kinds of device, and for a place that is no address.
    package init?(_ bytes: [UInt8]) {
        guard let head = MessageHead(datagram: bytes), let kind = Self.kind(head),
            let text = head[kind == .answer ? "ST" : "NT"], let target = SSDPTarget(text),
            let usn = head["USN"]
        else { return nil }
        location = head["LOCATION"].flatMap { LocalURL($0) }
        guard kind == .byebye || location != nil else { return nil }
        (self.kind, self.target, self.usn) = (kind, target, usn)
    }

    private static func kind(_ head: MessageHead) -> Kind? {
        if head.start.hasPrefix("HTTP/1."),
            head.start.split(separator: " ").dropFirst().first == "200"
        {
            return .answer
        }
        guard head.start.hasPrefix("NOTIFY * HTTP/1.") else { return nil }
        switch head["NTS"] {
        case "ssdp:alive": return .alive
        case "ssdp:byebye": return .byebye
        case "ssdp:update": return .update
        default: return nil
        }
    }
}
