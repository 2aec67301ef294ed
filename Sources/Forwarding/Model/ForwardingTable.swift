package import Addressing

/// All forwards, with the indexes that answer "who has this name" and "who has this port" at once.
///
/// Theory of operation: forwards of one port are found by a dictionary of (transport, port), so that
/// one edit among 60,000 looks at one entry. True ranges stand in a list of their own and are
/// scanned: they are few by nature (the kernel's interval maps, too, are for few).
package struct ForwardingTable: Sendable {
    private var forwards = ByForward<Forward>()
    private var names: [ForwardName: ForwardID] = [:]
    private var singles: [PortKey: [ForwardID]] = [:]
    private var ranges: Set<ForwardID> = []
    private var lastID = ForwardID.first
    /// What devices asked for, in the order in which it came, and how much it is in all.
    private var leased: [IPAddress: [ForwardID]] = [:]
    /// The same by the hardware address that they were asked from, where it was known.
    private var held: [MACAddress: [ForwardID]] = [:]
    package private(set) var leaseCount = 0
    /// Pinholes of devices by the number that UPnP knows them by.
    private var pinholes: [UInt16: ForwardID] = [:]
    /// Single ports that lead to another port of an address, and all of devices.
    private var inward: [TargetKey: [ForwardID]] = [:]

    package init() {}

    package var count: Int { forwards.count }

    /// In no order.
    package var all: some RandomAccessCollection<Forward> { forwards.values }

    /// By name, for people and files.
    package var sorted: [Forward] { forwards.values.sorted { $0.name < $1.name } }

    package subscript(id: ForwardID) -> Forward? { forwards[id] }

    package subscript(name: ForwardName) -> Forward? { names[name].flatMap { forwards[$0] } }

    /// The forwards whose external ports include `port` for `transport`.
    package func forwards(on port: UInt16, _ transport: TransportProtocol) -> [Forward] {
        let single = singles[PortKey(transport, port)] ?? []
        let wide = ranges.filter { id in
            forwards[id].map {
                $0.external.ports.contains(port) && $0.transports.contains(transport)
            } ?? false
        }
        return (single + wide.sorted()).compactMap { forwards[$0] }
    }

    /// The forwards that share at least one transport and external port with `forward`.
    package func neighbours(of forward: Forward) -> [Forward] {
        let ports = forward.external.ports
        var found: Set<ForwardID> = ranges.filter { id in
            forwards[id].map {
                $0.external.ports.overlaps(ports) && $0.sharesTransport(with: forward)
            } ?? false
        }
        for transport in forward.transports.all {
            for port in ports.ports {
                found.formUnion(singles[PortKey(transport, port)] ?? [])
            }
        }
        found.remove(forward.id)
        return found.sorted().compactMap { forwards[$0] }
    }

    /// A number that no forward has; nil when the table is full.
    ///
    /// Numbers go round before one is used again, so that a late packet of a removed forward does
    /// not meet a new owner (RFC 6888 REQ-8 asks for 120 s of the same for ports).
    package func freeID() -> ForwardID? {
        guard forwards.count < ForwardID.limit else { return nil }
        var candidate = lastID
        repeat {
            if forwards[candidate] == nil { return candidate }
            candidate = candidate.next
        } while candidate != lastID
        return nil
    }

    package mutating func reserveCapacity(_ count: Int) {
        forwards.reserveCapacity(count)
        names.reserveCapacity(count)
        singles.reserveCapacity(count)
    }

    /// Puts a forward in, in place of the one with the same number.
    package mutating func insert(_ forward: Forward) {
        remove(forward.id)
        forwards[forward.id] = forward
        names[forward.name] = forward.id
        // A number from behind is one that comes back (a removal taken back): the round goes on.
        if forward.id.number &- lastID.number < 0x8000 { lastID = forward.id.next }
        if let lease = forward.lease {
            leased[lease.device, default: []].append(forward.id)
            if let mac = lease.mac { held[mac, default: []].append(forward.id) }
            leaseCount += 1
            if let number = lease.pinhole { pinholes[number] = forward.id }
        }
        guard forward.external.ports.isSingle else {
            ranges.insert(forward.id)
            return
        }
        for key in TargetKey.keys(of: forward) { inward[key, default: []].append(forward.id) }
        for transport in forward.transports.all {
            singles[PortKey(transport, forward.external.ports.first), default: []]
                .append(forward.id)
        }
    }

    package mutating func remove(_ id: ForwardID) {
        guard let forward = forwards.removeValue(for: id) else { return }
        names[forward.name] = nil
        ranges.remove(id)
        if let lease = forward.lease {
            leased.remove(id, from: lease.device)
            if let mac = lease.mac { held.remove(id, from: mac) }
            leaseCount -= 1
            if let number = lease.pinhole, pinholes[number] == id { pinholes[number] = nil }
        }
        guard forward.external.ports.isSingle else { return }
        for key in TargetKey.keys(of: forward) { inward.remove(id, from: key) }
        for transport in forward.transports.all {
            let key = PortKey(transport, forward.external.ports.first)
            singles[key]?.removeAll { $0 == id }
            if singles[key]?.isEmpty == true { singles[key] = nil }
        }
    }

    /// What devices asked for, the oldest first.
    package var leases: [Forward] {
        leased.values.joined().compactMap { forwards[$0] }
            .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    /// What was asked for a device, the oldest first.
    package func leases(of device: IPAddress) -> [Forward] {
        leased[device, default: []].compactMap { forwards[$0] }
    }

    /// How many were asked for a device, whichever of its addresses it asked from.
    package func leaseCount(of device: IPAddress, _ mac: MACAddress?) -> Int {
        max(leased[device]?.count ?? 0, mac.flatMap { held[$0]?.count } ?? 0)
    }

    /// External ports that were asked for a device, whichever of its addresses it asked from.
    package func leasedPorts(of device: IPAddress, _ mac: MACAddress?) -> Int {
        func ports(_ ids: [ForwardID]) -> Int {
            ids.reduce(0) { $0 + (forwards[$1]?.external.ports.count ?? 0) }
        }
        return max(ports(leased[device] ?? []), ports(mac.flatMap { held[$0] } ?? []))
    }

    package var pinholeCount: Int { pinholes.count }

    /// The pinhole of a device that UPnP knows by a number.
    package func pinhole(_ number: UInt16) -> Forward? {
        pinholes[number].flatMap { forwards[$0] }
    }

    /// What was asked for ports of a device in one protocol, the oldest first.
    package func leases(
        of device: IPAddress, at ports: PortRange, _ transport: TransportProtocol
    ) -> [Forward] {
        let single = ports.ports.flatMap { inward[TargetKey(transport, $0, device)] ?? [] }
        let wide = ranges.isEmpty ? [] : leased[device, default: []].filter(ranges.contains)
        return (single + wide).compactMap { forwards[$0] }.filter {
            $0.lease != nil && $0.transports.contains(transport)
                && $0.target.ports.overlaps(ports)
        }
    }

    /// Forwards that a person made and that may lead to a port of a device.
    package func standing(
        towards port: UInt16, of device: IPAddress, _ transport: TransportProtocol
    ) -> [Forward] {
        let same = singles[PortKey(transport, port)] ?? []
        let others = inward[TargetKey(transport, port, device)] ?? []
        let wide = ranges.filter { forwards[$0]?.target.ports.contains(port) ?? false }
        return (same + others + wide.sorted()).compactMap { forwards[$0] }
            .filter { $0.lease == nil && $0.transports.contains(transport) }
    }

    package mutating func apply(_ changes: [ForwardChange]) {
        for change in changes { change.before.map { remove($0.id) } }
        for change in changes {
            let place = lastID
            change.after.map { insert($0) }
            if change.before != nil { lastID = place }
        }
    }

    private struct TargetKey: Hashable {
        let transport: TransportProtocol
        let port: UInt16
        let address: IPAddress

        init(_ transport: TransportProtocol, _ port: UInt16, _ address: IPAddress) {
            (self.transport, self.port, self.address) = (transport, port, address)
        }

        static func keys(of forward: Forward) -> [TargetKey] {
            guard forward.external.ports != forward.target.ports || forward.lease != nil,
                case .address(let address) = forward.target.host
            else { return [] }
            return forward.transports.all.map {
                TargetKey($0, forward.target.ports.first, address)
            }
        }
    }

    private struct PortKey: Hashable {
        let packed: UInt32

        init(_ transport: TransportProtocol, _ port: UInt16) {
            packed = UInt32(transport.rawValue) << 16 | UInt32(port)
        }
    }
}

extension Forward {
    package func sharesTransport(with other: Forward) -> Bool {
        transports.all.contains { other.transports.contains($0) }
    }
}

extension Dictionary where Value == [ForwardID] {
    fileprivate mutating func remove(_ id: ForwardID, from key: Key) {
        self[key]?.removeAll { $0 == id }
        if self[key]?.isEmpty == true { self[key] = nil }
    }
}
