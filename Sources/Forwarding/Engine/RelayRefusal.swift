/// Why a relay cannot carry a forward on this machine, with the rights that it has.
package enum RelayRefusal: Hashable, Sendable {
    /// It cannot listen at a place, such as `203.0.113.5:443/tcp`.
    case place(String, PlaceProblem)
    /// It may not take on the addresses of others, which transparent proxying is.
    case transparent

    package enum PlaceProblem: String, Hashable, Sendable, CaseIterable {
        /// A port that only the privileged may open.
        case privileged
        /// Another program has it.
        case taken
        /// The address is none of this machine's.
        case notOwn
        /// As many descriptors are open as may be.
        case noDescriptors
    }
}

extension EngineError {
    /// The forward that it is about, where that could be told.
    package var forward: ForwardID? {
        switch self {
        case .refused(let id, _, _): id
        case .relayRefused(let id, _): id
        case .ownedByAnother, .notPermitted, .unsupported, .system: nil
        }
    }
}
