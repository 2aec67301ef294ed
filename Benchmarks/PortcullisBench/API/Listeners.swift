import Foundation
import Glibc

/// The program that listens to events, line by line.
final class Listeners {
    private let process: Process
    private let output: FileHandle
    private var rest = Data()

    init(_ arguments: [String], _ cleanup: Cleanup) throws {
        let pipe = Pipe()
        process = try Programs.start(arguments, output: pipe)
        output = pipe.fileHandleForReading
        let number = process.processIdentifier
        cleanup.add { kill(number, SIGKILL) }
    }

    /// The clock that the program prints, in seconds.
    static var now: Double {
        var time = timespec()
        // SAFETY: the kernel writes into a variable that outlives the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func line() throws -> String {
        while true {
            if let end = rest.firstIndex(of: 10) {
                defer { rest.removeSubrange(...end) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            let more = output.availableData
            guard !more.isEmpty else {
                throw Failure("the listeners ended: \(String(decoding: rest, as: UTF8.self))")
            }
            rest += more
        }
    }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
