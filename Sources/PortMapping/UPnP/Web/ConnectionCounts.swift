import Addressing
import Synchronization

/// How many connections there are at the moment, in all and of each host.
final class ConnectionCounts: Sendable {
    private struct State {
        var all = 0
        var ofHost: [IPAddress: Int] = [:]
    }

    private let limits: UPnPLimits
    private let state: Mutex<State> = Mutex(State())

    init(_ limits: UPnPLimits) { self.limits = limits }

    /// - Returns: false when there are too many; otherwise `leave` is due.
    func enter(_ host: IPAddress) -> Bool {
        state.withLock { state in
            let own = state.ofHost[host] ?? 0
            guard state.all < limits.connections, own < limits.connectionsOfHost else {
                return false
            }
            state.all += 1
            state.ofHost[host] = own + 1
            return true
        }
    }

    func leave(_ host: IPAddress) {
        state.withLock { state in
            state.all -= 1
            let left = (state.ofHost[host] ?? 1) - 1
            state.ofHost[host] = left > 0 ? left : nil
        }
    }

    var all: Int { state.withLock { $0.all } }
}
