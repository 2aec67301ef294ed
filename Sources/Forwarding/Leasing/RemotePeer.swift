package import Addressing

/// Whom a device lets in: addresses outside, and perhaps the one port that they send from.
package struct RemotePeer: Hashable, Sendable, Comparable {
    package var prefix: Prefix
    /// Nil for any port.
    package var port: UInt16?

    package init(_ prefix: Prefix, port: UInt16? = nil) {
        self.prefix = prefix
        self.port = port == 0 ? nil : port
    }

    package func includes(_ source: Endpoint) -> Bool {
        prefix.contains(source.address) && (port.map { $0 == source.port } ?? true)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.prefix, left.port ?? 0) < (right.prefix, right.port ?? 0)
    }
}

extension RemotePeer: CustomStringConvertible {
    /// `198.51.100.0/24`, or with the port `198.51.100.7/32 port 5060`.
    package var description: String {
        port.map { "\(prefix) port \($0)" } ?? "\(prefix)"
    }
}
