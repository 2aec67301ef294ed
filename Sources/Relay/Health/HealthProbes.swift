import CLinux
import Forwarding

/// The probes of all targets; owner: the health thread.
struct HealthProbes: ~Copyable {
    private var probes: [HealthProbe] = []

    /// Milliseconds; the thread has nothing else to do than to wait.
    private static let longestWait: UInt64 = 3_600_000

    init() {}

    deinit {
        for probe in probes where probe.descriptor >= 0 { _ = clinux_close(probe.descriptor) }
    }

    /// Waits until a try has been answered, one is due, or somebody rings.
    func wait(for bell: Int32) {
        let now = clinux_milliseconds()
        let due = probes.map(\.due).min() ?? now + Self.longestWait
        let patience = Int32(clamping: min(due > now ? due - now : 0, Self.longestWait))
        let sockets = probes.map(\.descriptor).filter { $0 >= 0 }
        _ = unsafe sockets.withUnsafeBufferPointer {
            // SAFETY: the kernel reads the numbers of an array that outlives the call.
            unsafe clinux_wait_writable(bell, $0.baseAddress, Int32($0.count), patience)
        }
    }

    mutating func replace(
        _ forward: ForwardID, _ subjects: [HealthSubject], _ check: HealthCheck
    ) {
        var known: [PlacePlan: Bool] = [:]
        for place in probes.indices where probes[place].forward == forward {
            probes[place].giveUp()
            known[probes[place].subject.target] = probes[place].isDown
        }
        probes.removeAll { $0.forward == forward }
        // What is known of the same target holds on, and is told anew.
        probes += subjects.map {
            HealthProbe(forward, $0, check, isDown: known[$0.target] ?? false)
        }
    }

    /// Looks at all probes; what has changed.
    mutating func turn(at now: UInt64) -> [TargetHealth] {
        probes.indices.compactMap { probes[$0].turn(at: now) }
    }
}
