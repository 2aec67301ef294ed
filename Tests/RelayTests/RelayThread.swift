import Foundation
import TestKit

/// A loop's thread of this process.
struct RelayThread {
    private let folder: String

    /// Those that live in a machine's network: tests beside this one have loops of their own.
    static func all(of host: TestKit.Host) throws -> [RelayThread] {
        let network = try host.shell("readlink /proc/self/ns/net")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        return tasks.map { "/proc/self/task/\($0)" }.filter { folder in
            let name = try? String(contentsOfFile: "\(folder)/comm", encoding: .utf8)
            let own = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "\(folder)/ns/net")
            return name?.hasPrefix("relay-") == true && own == network
        }.map(RelayThread.init(folder:))
    }

    /// Processor time that it has used.
    var nanoseconds: Int {
        let text = try? String(contentsOfFile: "\(folder)/schedstat", encoding: .utf8)
        return text?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    }
}
