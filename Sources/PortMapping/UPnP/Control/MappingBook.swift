import Addressing
import Forwarding
import Wire

/// The mappings of devices in the order that control points count them in.
///
/// Every control point has numbers of its own: it sees its own mappings, or all of them.
struct MappingBook: Sendable {
    private var entries: [MappingRow] = []
    private var ofDevice: [IPAddress: [Int]] = [:]
    private var pinholes: [UInt16: Forward] = [:]
    private var insideV6: [InsideKey: Forward] = [:]

    private struct InsideKey: Hashable {
        let device: IPAddress
        let transport: TransportProtocol
        let port: UInt16
    }

    init(_ forwards: [Forward]) {
        for forward in forwards {
            guard let lease = forward.lease else { continue }
            if let number = lease.pinhole { pinholes[number] = forward }
            if lease.device.family == .v6 { add(forward, lease.device) }
            for row in MappingRow.rows(of: forward) {
                ofDevice[lease.device, default: []].append(entries.count)
                entries.append(row)
            }
        }
    }

    private mutating func add(_ forward: Forward, _ device: IPAddress) {
        for transport in forward.transports.all {
            let key = InsideKey(
                device: device, transport: transport, port: forward.target.ports.first)
            insideV6[key] = forward
        }
    }

    /// - Parameter viewer: who sees only its own; nil for who sees all.
    func count(for viewer: IPAddress?) -> Int {
        guard let viewer else { return entries.count }
        return ofDevice[viewer]?.count ?? 0
    }

    func row(_ index: Int, for viewer: IPAddress?) -> MappingRow? {
        guard let viewer else { return entries.indices.contains(index) ? entries[index] : nil }
        guard let own = ofDevice[viewer], own.indices.contains(index) else { return nil }
        return entries[own[index]]
    }

    func rows(for viewer: IPAddress?) -> [MappingRow] {
        guard let viewer else { return entries }
        return (ofDevice[viewer] ?? []).map { entries[$0] }
    }

    func pinhole(_ number: UInt16) -> Forward? { pinholes[number] }

    func pinhole(at port: UInt16, of device: IPAddress, _ transport: TransportProtocol) -> Forward?
    {
        insideV6[InsideKey(device: device, transport: transport, port: port)]
    }
}

/// A mapping of one port in one protocol, as UPnP has them.
struct MappingRow: Hashable, Sendable {
    let forward: Forward
    let transport: TransportProtocol
    let client: IPv4Address

    /// TCP and UDP each count; nothing else, and nothing of IPv6, can be told.
    static func rows(of forward: Forward) -> [MappingRow] {
        guard case .v4(let client)? = forward.lease?.device else { return [] }
        return forward.transports.all.compactMap { transport in
            guard transport == .tcp || transport == .udp else { return nil }
            return MappingRow(forward: forward, transport: transport, client: client)
        }
    }

    /// - Parameter now: by which the seconds that are left are counted.
    func entry(at now: Timestamp) -> PortMappingEntry {
        let left = forward.ends.map { max(1, $0.seconds - now.seconds) } ?? 0
        let key = PortMappingKey(
            remoteHost: remote, externalPort: forward.external.ports.first, transport: transport)
        return PortMappingEntry(
            key, to: client, forward.target.ports.first, isEnabled: forward.enabled,
            description: forward.comment, lease: UInt32(clamping: left))
    }

    /// UPnP knows one sender or all.
    private var remote: IPv4Address? {
        let (allowed, peers) = (forward.sources.allowed, forward.sources.peers)
        guard let first = allowed.first ?? peers.first?.prefix, first.isHost else { return nil }
        return first.base.v4
    }
}
