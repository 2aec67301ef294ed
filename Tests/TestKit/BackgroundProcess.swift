import Foundation

/// A program that runs on a machine of a lab for the length of a test.
package final class BackgroundProcess: @unchecked Sendable {
    // SAFETY: one test uses it, one call after the other.
    private let process = Process()
    private let log = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID())")

    /// Starts it, and waits until it has said `ready`.
    package init(_ arguments: [String], on host: Host, ready: String) async throws {
        try Data().write(to: log)
        let file = try FileHandle(forWritingTo: log)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", host.namespace] + arguments
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let isReady = try await eventually(within: 300) {
            try !process.isRunning || text().contains(ready)
        }
        guard isReady, process.isRunning else {
            throw Command.Failure(description: "\(arguments): \(try text())")
        }
    }

    /// The program's own STUN server, once it answers.
    package static func stunServer(on host: Host, _ options: String...) async throws
        -> BackgroundProcess
    {
        try await BackgroundProcess(
            [GatewayProcess.binary, "stun-server"] + options, on: host, ready: "answers at")
    }

    package func text() throws -> String {
        String(decoding: try Data(contentsOf: log), as: UTF8.self)
    }

    /// Asks it to end, and waits.
    ///
    /// - Returns: its exit code.
    @discardableResult
    package func end(by signal: Int32 = SIGTERM) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        if process.isRunning { end(by: SIGKILL) }
        try? FileManager.default.removeItem(at: log)
    }
}
