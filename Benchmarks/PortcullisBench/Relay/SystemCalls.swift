import Foundation
import Glibc

/// Counts the system calls of processes, threads and children included.
///
/// By `perf(1)`, which hardly slows them, where it is there and may count; else by `strace(1)`.
struct SystemCalls {
    let processes: ProcessTree
    let namespace: Namespace
    /// Where the counter may write.
    let folder: URL

    enum Counter: String {
        case perf, strace

        /// The kernel's events are seen where `tracefs` is mounted; a namespace of programs has mounts of
        /// its own, so nothing of it stays.
        fileprivate func command(_ file: String, _ processes: [Int32]) -> String {
            let numbers = processes.map(String.init).joined(separator: ",")
            return switch self {
            case .perf:
                """
                mount -t tracefs none /sys/kernel/tracing 2>/dev/null
                exec perf stat -x, -o \(file) -e raw_syscalls:sys_enter -p \(numbers)
                """
            case .strace: "exec strace -c -f -o \(file) -p \(numbers)"
            }
        }

        /// Whether it has taken hold of a process that it was started for.
        fileprivate func isHolding(_ process: Int32, from counting: Int32) -> Bool {
            switch self {
            case .perf:
                let folder = "/proc/\(counting)/fd"
                let files = FileManager.default
                let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
                return names.contains { name in
                    let file = try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
                    return file?.contains("perf_event") ?? false
                }
            case .strace:
                let path = "/proc/\(process)/status"
                let text = try? String(contentsOfFile: path, encoding: .utf8)
                return text?.contains("TracerPid:\t\(counting)\n") ?? false
            }
        }

        /// Of lines such as `1234,,raw_syscalls:sys_enter,…` or ` 12.3  0.01  5  1234  2 recvfrom`.
        fileprivate func count(in text: String) -> Int? {
            let lines = text.split(separator: "\n").filter { !$0.hasSuffix(" total") }
            let counts = lines.compactMap(number(of:))
            return counts.isEmpty ? nil : counts.reduce(0, +)
        }

        private func number(of line: Substring) -> Int? {
            switch self {
            case .perf: return line.split(separator: ",").first.flatMap { Int($0) }
            case .strace:
                let words = line.split(separator: " ")
                guard words.count >= 5, Double(words[0]) != nil else { return nil }
                return Int(words[3])
            }
        }
    }

    /// How many calls were made while `body` ran, and who counted.
    func count(during body: () throws -> Void) throws -> (calls: Int, by: Counter) {
        for counter in [Counter.perf, .strace] {
            if let calls = try count(by: counter, during: body) { return (calls, counter) }
        }
        throw Failure("neither perf nor strace counts system calls")
    }

    /// Waits until the counter holds the processes.
    private func begins(_ process: Process, _ counter: Counter) -> Bool {
        let patience = ContinuousClock.now + .seconds(5)
        while process.isRunning, ContinuousClock.now < patience {
            let members = processes.members
            if members.allSatisfy({ counter.isHolding($0, from: process.processIdentifier) }) {
                // Its events of a second process or thread come right behind those of the first.
                usleep(100_000)
                return process.isRunning
            }
            usleep(1000)
        }
        return false
    }

    private func count(by counter: Counter, during body: () throws -> Void) throws -> Int? {
        let file = folder.appending(path: counter.rawValue)
        let command = counter.command(file.path, processes.members)
        let process = try Programs.start(
            ["ip", "netns", "exec", namespace.name, "sh", "-c", command],
            output: FileHandle.nullDevice)
        guard begins(process, counter) else {
            say("\(counter.rawValue) does not count")
            process.terminate()
            return nil
        }
        do { try body() } catch {
            process.interrupt()
            process.waitUntilExit()
            throw error
        }
        process.interrupt()
        process.waitUntilExit()
        return (try? String(contentsOf: file, encoding: .utf8)).flatMap(counter.count)
    }
}
