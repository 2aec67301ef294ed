import Addressing
import Forwarding

/// Reads `docker ps`: its table, or lines of a name, a tab and the ports.
///
/// The output has no address of a container, so the machine that Docker runs on is the target, at
/// the published port.
enum DockerReader {
    static func read(
        _ lines: [SourceLine], _ host: TargetHost?, _ carriage: inout Carriage
    ) {
        var columns: Columns?
        for line in lines where !line.text.isEmpty {
            if line.text.hasPrefix("CONTAINER ID") {
                columns = Columns(line.text)
                continue
            }
            guard let entry = columns?.entry(line.text) ?? tabbed(line.text) else {
                carriage.remark(line, .unreadable)
                continue
            }
            carry(entry, host, line, &carriage)
        }
    }

    private struct Entry {
        var name: String
        var ports: String
    }

    /// Where the columns of the table begin, in characters.
    private struct Columns {
        var ports: Int
        var names: Int

        init?(_ header: String) {
            guard let ports = Self.place(of: "PORTS", in: header),
                let names = Self.place(of: "NAMES", in: header), ports < names
            else { return nil }
            (self.ports, self.names) = (ports, names)
        }

        private static func place(of title: String, in header: String) -> Int? {
            let text = Array(header)
            return text.indices.first { text[$0...].starts(with: title) }
        }

        func entry(_ text: String) -> Entry? {
            let characters = Array(text)
            guard characters.count > names else { return nil }
            return Entry(
                name: String(characters[names...]).trimmed,
                ports: String(characters[ports..<names]).trimmed)
        }
    }

    private static func tabbed(_ text: String) -> Entry? {
        let parts = text.parts("\t", atMost: 2)
        guard parts.count == 2 || text.contains("->") else {
            return text.blankSeparated.count == 1 ? Entry(name: text, ports: "") : nil
        }
        return Entry(name: parts.count == 2 ? parts[0] : "", ports: parts[parts.count - 1])
    }

    private static func carry(
        _ entry: Entry, _ host: TargetHost?, _ line: SourceLine, _ carriage: inout Carriage
    ) {
        var (isPublished, seen): (Bool, Set<Publish>) = (false, [])
        for text in entry.ports.parts(",").map(\.trimmed) where text.contains("->") {
            isPublished = true
            do throws(Reason) {
                let publish = try Publish(text)
                // The same port is published over IPv4 and over IPv6.
                guard seen.insert(publish).inserted else { continue }
                let wanted = try publish.wanted(entry.name, host)
                carriage.carry(wanted, from: line)
            } catch { carriage.remark(line, error) }
        }
        if !isPublished { carriage.remark(line, .notPublished) }
    }

    /// `0.0.0.0:8080->80/tcp`.
    private struct Publish: Hashable {
        /// Nil for every address.
        var address: IPAddress?
        var ports: PortRange
        var transports: Transports

        init(_ text: String) throws(Reason) {
            let halves = text.parts(">", atMost: 2)
            guard halves.count == 2, halves[0].hasSuffix("-"),
                let colon = halves[0].lastIndex(of: ":")
            else { throw .unreadable }
            let inner = halves[1].parts("/", atMost: 2)
            let outer = String(halves[0][halves[0].index(after: colon)...].dropLast())
            guard inner.count == 2, let ports = Reading.ports(outer) else { throw .unreadable }
            guard let transports = Transports(inner[1]) else { throw .transport(inner[1]) }
            let place = halves[0][..<colon].filter { $0 != "[" && $0 != "]" }
            guard let address = IPAddress(place) else { throw .unreadable }
            let isAny = address == .v4(.any) || address == .v6(.any)
            self.address = isAny ? nil : address
            (self.ports, self.transports) = (ports, transports)
        }

        func wanted(_ name: String, _ host: TargetHost?) throws(Reason) -> Wanted {
            if case .v4(let v4) = address, v4.isLoopback { throw .loopback }
            if case .v6(let v6) = address, v6.isLoopback { throw .loopback }
            guard let host else { throw .dockerHost("\(ports)/\(transports)") }
            if let address, host != .address(address) { throw .publishedAt(address) }
            return Wanted(name: name, transports: transports, ports: ports, host: host)
        }
    }
}
