import Addressing
import Forwarding

/// Programs of the gateway that a forward hides.
enum ListenerChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        guard !seen.listeners.isEmpty else { return [] }
        let byPort = Dictionary(grouping: seen.listeners, by: \.port)
        // Where the relay listens, nobody else does.
        return seen.carriedByKernel.compactMap { item in
            let asked = Set(seen.askedAddresses(of: item.active).filter { seen.network.isOwn($0) })
            let hidden = item.active.ports.ports.lazy.flatMap { byPort[$0] ?? [] }.first {
                item.active.transports.contains($0.transport) && $0.hears(asked)
                    && !(item.active.isWhole && isTaken($0, seen))
            }
            return hidden.map { finding(item.name, $0) }
        }
    }

    /// Whether a narrower forward, or an exception, has the port of a whole address.
    private static func isTaken(_ listener: Listener, _ seen: Observations) -> Bool {
        seen.situation.table.forwards(on: listener.port, listener.transport).contains {
            $0.enabled && !$0.isWhole
        }
    }

    private static func finding(_ forward: String, _ listener: Listener) -> Finding {
        let program = listener.program ?? "a program"
        let port = "\(listener.port)/\(listener.transport.name)"
        return Finding(
            "listener-hidden", .warning, forward,
            what: "\(program) of the gateway listens on \(port), which \(forward) leads away",
            why: "who asks the external address for it gets the target instead, from inside too",
            remedy: "move one of them: portcullis set \(forward) --external …, or let the program"
                + " listen at the LAN address only")
    }
}
