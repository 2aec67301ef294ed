import ControlModel
import Forwarding

/// What only a relay keeps, in words.
enum RelayWords {
    static func terms(_ body: RelayBody) -> [String] {
        body.written.map { field, values in
            phrase(field, values.isEmpty ? "none" : values.joined(separator: ", "))
        }
    }

    private static func phrase(_ field: Refusal.Field, _ value: String) -> String {
        switch field {
        case .engine: "by the \(value)"
        case .proxy: "PROXY \(value)"
        case .proxyUDP: "PROXY \(value) over UDP"
        case .trustedProxies: "clients as told by \(value)"
        case .also: "also to \(value)"
        case .check: "checked every \(value)"
        case .names: "by name \(value)"
        case .otherNames: value == "refuse" ? "other names refused" : "other names to the target"
        case .crossFamilies: value == "true" ? "across families" : "within families"
        case .bandwidthPerFlow: "\(value)/s each way for each flow"
        case .timeoutConnect: "\(value) to connect"
        case .timeoutIdle: "\(value) of silence"
        case .timeoutHalfOpen: "\(value) half open"
        case .timeoutUDPFirst: "\(value) for the first datagram"
        case .timeoutUDP: "\(value) between datagrams"
        default: value
        }
    }

    static func engine(_ forward: Views.Forward) -> String {
        forward.engine + (forward.engineReason.map { " (\($0))" } ?? "")
    }

    /// What the target sees as the sender.
    static func source(_ forward: Views.Forward) -> String {
        switch forward.source {
        case ForwardSpelling.transparent: return "transparent: the target sees the client"
        case SourceAddress.kept.rawValue where forward.engine != EngineChoice.kernel.name:
            let isTold = forward.relay?[.proxy] ?? forward.relay?[.proxyUDP]
            return "the target sees the gateway"
                + (isTold == nil ? "" : ", and is told of the client")
        case SourceAddress.kept.rawValue: return "kept: the target sees the client"
        default: return "rewritten: the target sees the gateway"
        }
    }
}
