import Foundation
import Glibc

/// Why nothing could be measured.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A system call that failed just now.
    init(call: String) {
        description = "\(call): \(unsafe String(cString: strerror(errno)))"
    }
}

/// Programs that the benchmark runs.
enum Programs {
    /// Runs one to its end, which has to be a good one.
    ///
    /// - Returns: what it printed.
    @discardableResult
    static func run(_ arguments: String...) throws -> String { try run(arguments) }

    @discardableResult
    static func run(_ arguments: [String]) throws -> String {
        let process = try start(arguments, output: Pipe())
        let output = (process.standardOutput as? Pipe)?.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output ?? Data(), as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure("\(arguments.joined(separator: " ")): \(text)")
        }
        return text
    }

    /// Starts one whose output goes to a file or a pipe.
    static func start(_ arguments: [String], output: Any) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }
}

/// Progress, for whoever waits.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
