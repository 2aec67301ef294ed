import LinuxKit

/// What the server of UPnP is told about itself when it is made.
package struct UPnPTerms: Sendable {
    /// Sixteen bytes that stay with the machine, from which its names are derived; it is never shown.
    package var secret: [UInt8]
    package var product: String
    package var version: String
    package var limits: UPnPLimits

    package init(
        secret: [UInt8], product: String = "Portcullis", version: String = "1",
        limits: UPnPLimits = .standard
    ) {
        (self.secret, self.product, self.version) = (secret, product, version)
        self.limits = limits
    }
}

extension UPnPTerms {
    /// With the machine's own secret; where it has none, with one that lasts as long as the program.
    package static var ofMachine: UPnPTerms {
        let random = (0..<16).map { _ in UInt8.random(in: 0...(.max)) }
        return UPnPTerms(secret: MachineIdentity.read() ?? random)
    }
}

/// How much of devices is borne.
package struct UPnPLimits: Hashable, Sendable {
    /// Connections at once, in all and of one host: programs that watch a gateway ask for all of its
    /// figures at once, each by a connection of its own.
    package var connections: Int
    package var connectionsOfHost: Int
    /// Bytes.
    package var head: Int
    package var body: Int
    /// Until a request has come as a whole.
    package var deadline: Duration
    /// Between two pieces of it.
    package var idle: Duration
    /// Changes of mappings a second of one host; nil for no limit, as benchmarks need it.
    package var changes: Double?
    /// Subscriptions in all, and of one host to one service.
    package var subscriptions: Int
    package var subscriptionsOfHost: Int

    package static let standard = UPnPLimits(
        connections: 64, connectionsOfHost: 8, head: 8192, body: 65_536, deadline: .seconds(10),
        idle: .seconds(5), changes: 10, subscriptions: 64, subscriptionsOfHost: 4)

    package init(
        connections: Int, connectionsOfHost: Int, head: Int, body: Int, deadline: Duration,
        idle: Duration, changes: Double?, subscriptions: Int, subscriptionsOfHost: Int
    ) {
        (self.connections, self.connectionsOfHost) = (connections, connectionsOfHost)
        (self.head, self.body, self.deadline, self.idle) = (head, body, deadline, idle)
        (self.changes, self.subscriptions) = (changes, subscriptions)
        self.subscriptionsOfHost = subscriptionsOfHost
    }
}

extension RequestGate {
    /// - Parameter rate: changes a second of one host, and as many at once; nil for any number.
    convenience init(ofChanges rate: Double?) {
        let own = rate.map { TokenRate(perSecond: $0, burst: $0) } ?? .endless
        self.init(RequestLimits(ofSource: own, ofInterface: .endless))
    }
}
