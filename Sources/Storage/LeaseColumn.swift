import Addressing
import Forwarding

/// What a device has to do with its forward in one column: `dialect=pcp device=192.168.7.10 …`.
///
/// Its nonces are in it, so the file is for root alone, and no other part of the program shows them.
enum LeaseColumn {
    static func text(_ forward: Forward) -> String {
        guard let lease = forward.lease else { return "" }
        let single: [(String, String?)] = [
            ("dialect", lease.dialect.rawValue), ("device", lease.device.description),
            ("mac", lease.mac?.description), ("manager", lease.manager?.description),
            ("asked-from", "\(lease.askedFrom)"),
            ("pinhole", lease.pinhole.map { "\($0)" }),
            ("for-peers", lease.isForPeers ? "yes" : nil),
            ("both-ways", lease.isBidirectional ? "yes" : nil),
            ("while-present", lease.lastsWhilePresent ? "yes" : nil),
        ]
        let many =
            lease.nonces.map { ("nonce", text($0)) }
            + forward.sources.peers.map { ("peer", "\($0.prefix)@\($0.port ?? 0)") }
        return (single.compactMap { key, value in value.map { (key, $0) } } + many)
            .map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// Nil for what cannot be read; a forward without a device has an empty column.
    static func parse(_ text: String) -> (lease: Lease?, peers: [RemotePeer])? {
        guard !text.isEmpty else { return (nil, []) }
        let words = text.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
        guard words.allSatisfy({ $0.count == 2 }) else { return nil }
        let values = Dictionary(grouping: words) { String($0[0]) }
            .mapValues { $0.map { String($0[1]) } }
        guard let dialect = values["dialect"]?.first.flatMap(MappingDialect.init(rawValue:)),
            let device = values["device"]?.first.flatMap({ IPAddress($0) }),
            let nonces = all(values["nonce"], nonce), let peers = all(values["peer"], peer)
        else { return nil }
        let lease = Lease(
            dialect: dialect, device: device,
            mac: values["mac"]?.first.flatMap { MACAddress($0) },
            manager: values["manager"]?.first.flatMap { IPAddress($0) }, nonces: nonces,
            isForPeers: values["for-peers"] != nil, isBidirectional: values["both-ways"] != nil,
            askedFrom: values["asked-from"]?.first.flatMap { UInt16($0) } ?? 0,
            pinhole: values["pinhole"]?.first.flatMap { UInt16($0) },
            lastsWhilePresent: values["while-present"] != nil)
        return (lease, peers)
    }

    private static func all<Value>(_ texts: [String]?, _ read: (String) -> Value?) -> [Value]? {
        let values = (texts ?? []).map(read)
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    /// Two numbers in hexadecimal digits.
    private static func text(_ nonce: LeaseNonce) -> String {
        "\(String(nonce.high, radix: 16))-\(String(nonce.low, radix: 16))"
    }

    private static func nonce(_ text: String) -> LeaseNonce? {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let high = UInt64(parts[0], radix: 16),
            let low = UInt32(parts[1], radix: 16)
        else { return nil }
        return LeaseNonce(high: high, low: low)
    }

    private static func peer(_ text: String) -> RemotePeer? {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let prefix = try? Prefix(parsing: parts[0]),
            let port = UInt16(parts[1])
        else { return nil }
        return RemotePeer(prefix, port: port)
    }
}
