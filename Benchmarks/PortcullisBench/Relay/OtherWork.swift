import Foundation
import Glibc

/// What the machine does beside the benchmark, which would be taken for slowness of a forwarder.
enum OtherWork {
    /// Waits, but not for ever, until the processors are almost idle.
    static func awaitEnd() {
        let patience = ContinuousClock.now + .seconds(60)
        var isTold = false
        while busyShare() > 0.15 {
            guard ContinuousClock.now < patience else {
                return say("the machine has other work all the time; figures may be too low")
            }
            if !isTold { say("waiting for other work of the machine to end") }
            isTold = true
        }
    }

    /// Of all processors together, over a tenth of a second.
    private static func busyShare() -> Double {
        let before = ticks()
        usleep(100_000)
        let after = ticks()
        let all = after.all - before.all
        return all > 0 ? 1 - (after.idle - before.idle) / all : 0
    }

    /// The first line of `/proc/stat` (`proc_stat(5)`).
    private static func ticks() -> (idle: Double, all: Double) {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user.
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8)
            .compactMap { Double($0) }
        guard fields.count == 8 else { return (0, 0) }
        return (fields[3] + fields[4], fields.reduce(0, +))
    }
}
