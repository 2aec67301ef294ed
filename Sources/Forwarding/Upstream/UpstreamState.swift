/// How it stands with a port that is asked of the router in front.
package enum UpstreamState: Hashable, Sendable {
    case asking
    /// - Parameter until: when it has to be renewed at the latest; nil for no end.
    case held(UpstreamGrant, until: Timestamp?)
    case failed(UpstreamFailure)
}
