package import Forwarding

extension EndReason {
    /// Why it ended, in a sentence without its full stop.
    package var sentence: String {
        phase == .normal ? cause.words : "\(cause.words) \(phase.words)"
    }
}

extension EndReason.Cause {
    fileprivate var words: String {
        switch self {
        case .none: "both sides ended in order"
        case .client: "the client broke off"
        case .server: "the target refused or broke off"
        case .proxy: "the gateway refused it"
        case .resource: "the gateway had no sockets or memory left"
        case .killed: "it was ended by hand, or by a change of the forward"
        case .down: "no target answers its checks"
        case .clientTimeout: "the client was silent for too long"
        case .serverTimeout: "the target was silent for too long"
        case .internal: "the gateway failed"
        }
    }
}

extension EndReason.Phase {
    fileprivate var words: String {
        switch self {
        case .normal: ""
        case .greeting: "while its first bytes were awaited"
        case .connecting: "while the target was being connected"
        case .data: "while data was passed on"
        case .lastData: "after one side had ended"
        }
    }
}
