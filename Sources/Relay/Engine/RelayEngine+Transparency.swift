import Forwarding
import LinuxKit

/// The way back of answers to clients whose addresses targets see.
extension RelayEngine {
    /// Opens it where a forward needs it and none did before.
    func openTransparentWay(for turn: RelayTurn) throws(EngineError) {
        let needy = turn.edits.compactMap(\.after).filter(\.relay.terms.isTransparent).map(\.id)
        guard !hasTransparentWay, let needy = needy.min() else { return }
        do throws(KernelError) { try transparentWay.open() } catch {
            try? transparentWay.close()
            throw Self.refusal(error, of: needy)
        }
        hasTransparentWay = true
    }

    /// Closes it where no forward needs it any more.
    ///
    /// - Parameter isStart: one that an earlier run has left is taken away, too.
    func closeTransparentWay(isStart: Bool) {
        guard hasTransparentWay || isStart, transparent.isEmpty else { return }
        // Without the right to do so there was none either.
        try? transparentWay.close()
        hasTransparentWay = false
    }

    private static func refusal(_ error: KernelError, of forward: ForwardID) -> EngineError {
        switch error.code {
        case ErrorNumber.notPermitted, ErrorNumber.notAllowed:
            .relayRefused(forward, .transparent)
        default:
            .refused(
                forward, code: error.code,
                detail: "the way back for transparent proxying, which needs nft_socket")
        }
    }
}
