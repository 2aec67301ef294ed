import CLinux
import Forwarding
import LinuxKit
import Synchronization
import Wire

/// Tries targets while nobody asks for them, and says when one is down or up again.
///
/// Theory of operation. One thread with a poller of its own: each target has a probe, which connects
/// at its interval and is given up after the same time. An opinion changes after so many tries in a row
/// with another outcome. A target begins as up: until it is known better, clients may try it. What a
/// probe sends is nothing, or the LOCAL header where the target expects the PROXY protocol.
///
/// Owner of the probes: the thread.
final class HealthLoop: Sendable {
    private let orders = Mutex<[Order]>([])
    private let bell: Bell
    /// Called from the thread when the opinion of a target has changed.
    private let changed: @Sendable (TargetHealth) -> Void

    private enum Order {
        case watch(ForwardID, [HealthSubject], HealthCheck)
        case forget(ForwardID)
        case stop
    }

    init(changed: @escaping @Sendable (TargetHealth) -> Void) throws(RelayError) {
        do throws(KernelError) { bell = try Bell() } catch { throw .system(code: error.code) }
        self.changed = changed
        do throws(KernelError) {
            try KernelThread.start { [self] in
                // SAFETY: the name lives for the call.
                unsafe clinux_name_thread("relay-health")
                run()
            }
        } catch { throw .system(code: error.code) }
    }

    /// Tries these targets from now on, instead of those that the forward had.
    func watch(_ forward: ForwardID, _ subjects: [HealthSubject], by check: HealthCheck) {
        post(.watch(forward, subjects, check))
    }

    func forget(_ forward: ForwardID) { post(.forget(forward)) }

    func stop() { post(.stop) }

    private func post(_ order: Order) {
        orders.withLock { $0.append(order) }
        bell.ring()
    }

    private func run() {
        var probes = HealthProbes()
        while true {
            probes.wait(for: bell.number)
            bell.silence()
            let letters = orders.withLock { all in
                let letters = all
                all = []
                return letters
            }
            for letter in letters {
                switch letter {
                case .watch(let forward, let subjects, let check):
                    probes.replace(forward, subjects, check)
                case .forget(let forward): probes.replace(forward, [], HealthCheck())
                case .stop: return
                }
            }
            for change in probes.turn(at: clinux_milliseconds()) { changed(change) }
        }
    }
}

/// A target to be tried.
struct HealthSubject: Hashable, Sendable {
    var group: Int
    var place: Int
    var target: PlacePlan
    var proxy: StreamProxy?
}

/// The opinion of a target.
struct TargetHealth: Hashable, Sendable {
    var forward: ForwardID
    var group: Int
    var place: Int
    /// What stood there when it was tried: the plan may have changed meanwhile.
    var target: PlacePlan
    var isDown: Bool
}

extension TargetHealth {
    var remark: RelayRemark {
        isDown ? .targetIsDown(target.target) : .targetIsUp(target.target)
    }
}
