/// Why a flow ended: who ended it, and in which phase, in the letters that HAProxy has made known.
package struct EndReason: Hashable, Sendable, BitwiseCopyable {
    package var cause: Cause
    package var phase: Phase

    /// Both sides ended in order.
    package static var none: EndReason { EndReason(.none, .normal) }

    package init(_ cause: Cause, _ phase: Phase) {
        self.cause = cause
        self.phase = phase
    }

    package enum Cause: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// Both sides ended in order.
        case none
        case client, server, proxy, resource, killed, down, clientTimeout, serverTimeout, `internal`

        package var letter: Character {
            switch self {
            case .none: "-"
            case .client: "C"
            case .server: "S"
            case .proxy: "P"
            case .resource: "R"
            case .killed: "K"
            case .down: "D"
            case .clientTimeout: "c"
            case .serverTimeout: "s"
            case .internal: "I"
            }
        }
    }

    package enum Phase: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        case normal
        /// While the first bytes of the client were awaited.
        case greeting
        case connecting, data
        /// While one side had ended.
        case lastData

        package var letter: Character {
            switch self {
            case .normal: "-"
            case .greeting: "R"
            case .connecting: "C"
            case .data: "D"
            case .lastData: "L"
            }
        }
    }
}

extension EndReason: CustomStringConvertible {
    package var description: String { "\(cause.letter)\(phase.letter)" }
}
