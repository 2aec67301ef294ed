import Foundation
import Glibc

/// Processes that were started, with all that they started in turn.
struct ProcessTree {
    let roots: [Int32]

    /// Those alive now.
    var members: [Int32] {
        var children: [Int32: [Int32]] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for number in names.compactMap({ Int32($0) }) {
            guard let parent = ProcessTimes(number)?.parent else { continue }
            children[parent, default: []].append(number)
        }
        var (found, rest) = ([Int32](), roots.filter { ProcessTimes($0) != nil })
        while let next = rest.popLast() {
            found.append(next)
            rest += children[next] ?? []
        }
        return found
    }

    /// Seconds on a processor, in user space and in the kernel, since they were started.
    ///
    /// Counts all threads, and children that have ended. Work that the kernel does for packets in
    /// interrupts is nobody's.
    var processorSeconds: Double { members.reduce(0) { $0 + (ProcessTimes($1)?.seconds ?? 0) } }

    /// Bytes that nobody else has a share in.
    var privateBytes: Double {
        members.reduce(0) { $0 + Self.privateBytes(of: $1) }
    }

    private static func privateBytes(of number: Int32) -> Double {
        let path = "/proc/\(number)/smaps_rollup"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Private_") }
        let kilobytes = lines.compactMap { line in
            line.split(separator: " ").dropLast().last.flatMap { Double($0) }
        }
        return kilobytes.reduce(0, +) * 1024
    }

    /// Ends them without a word, the starting ones first.
    func kill() {
        let ending = members
        for number in ending { Glibc.kill(number, SIGKILL) }
        let patience = ContinuousClock.now + .seconds(5)
        while ending.contains(where: { ProcessTimes($0)?.isOver == false }),
            ContinuousClock.now < patience
        {
            usleep(1000)
        }
    }
}

/// A line of `/proc/PID/stat` (`proc_pid_stat(5)`).
private struct ProcessTimes {
    let parent: Int32
    let seconds: Double
    /// Dead, and not yet buried.
    let isOver: Bool

    init?(_ number: Int32) {
        let path = "/proc/\(number)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            // The name before it may have spaces.
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        self.parent = parent
        isOver = fields[0] == "Z"
        // utime, stime, cutime, cstime.
        let ticks = fields[11...14].compactMap { Double($0) }.reduce(0, +)
        seconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
