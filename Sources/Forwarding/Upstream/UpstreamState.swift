package import Addressing

/// How it stands with a port that is asked of the router in front.
package enum UpstreamState: Hashable, Sendable {
    case asking
    /// - Parameter until: when it has to be renewed at the latest; nil for no end.
    case held(UpstreamGrant, until: Timestamp?)
    case failed(UpstreamFailure)
}

/// A port of a forward at the router in front of one WAN.
package struct UpstreamPort: Hashable, Sendable {
    package var wan: InterfaceName
    package var key: UpstreamKey
    package var state: UpstreamState

    package init(_ wan: InterfaceName, _ key: UpstreamKey, _ state: UpstreamState) {
        (self.wan, self.key, self.state) = (wan, key, state)
    }
}
