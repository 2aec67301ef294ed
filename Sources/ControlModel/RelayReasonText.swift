package import Forwarding

extension EngineChoice {
    /// `kernel`, `relay` or `none`.
    package var name: String {
        switch self {
        case .kernel: "kernel"
        case .relay: "relay"
        case .neither: "none"
        }
    }

    /// Nil for the kernel, which needs no reason.
    package var reason: String? {
        switch self {
        case .kernel: nil
        case .relay(let reason), .neither(let reason): reason.sentence
        }
    }
}
