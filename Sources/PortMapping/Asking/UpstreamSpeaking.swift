package import Forwarding

/// Who asks one router in front for ports.
package protocol UpstreamSpeaking: Sendable {
    /// Has a port mapped, or what is held of it renewed.
    func map(
        _ wish: UpstreamWish, held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant

    /// Gives a port back.
    func release(_ grant: UpstreamGrant) async throws(UpstreamFailure)

    /// Looks whether the router still has what it had.
    func check() async

    /// Takes in what the router told everybody.
    func hear(_ bytes: [UInt8]) async

    /// Whether the router has lost what it had since this was asked last.
    func takeLoss() async -> Bool
}
