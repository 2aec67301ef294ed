import Foundation

/// A program that a test runs.
package enum Command {
    package struct Result: Sendable {
        package var code: Int32
        package var output: String
        package var errors: String

        package var succeeded: Bool { code == 0 }
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// Runs a program to its end.
    @discardableResult
    package static func run(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, not pipes: a full pipe would stop the program while we wait for its end.
        let output = try file(in: folder, "output")
        let errors = try file(in: folder, "errors")
        process.standardOutput = output
        process.standardError = errors
        let inputFile = folder.appending(path: "input")
        try Data((input ?? "").utf8).write(to: inputFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        try process.run()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus, output: try text(folder, "output"),
            errors: try text(folder, "errors"))
    }

    /// Runs a shell script; throws what it printed when it fails.
    @discardableResult
    package static func shell(_ script: String) throws -> String {
        let result = try run(["sh", "-euc", script])
        guard result.succeeded else {
            throw Failure(description: "\(script)\n\(result.output)\(result.errors)")
        }
        return result.output
    }

    private static func file(in folder: URL, _ name: String) throws -> FileHandle {
        let url = folder.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private static func text(_ folder: URL, _ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }
}

/// Waits until a condition holds.
///
/// - Returns: whether it did before `limit` seconds had passed.
package func eventually(
    within limit: Double = 60, _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(limit)
    while clock.now < deadline {
        if try await condition() { return true }
        try? await clock.sleep(for: .milliseconds(4))
    }
    return try await condition()
}
