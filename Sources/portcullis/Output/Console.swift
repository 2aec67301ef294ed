import FoundationEssentials
import Glibc

/// Where text for people goes.
enum Console {
    /// Colours and progress are for people in front of a terminal.
    static let isTerminal = isatty(STDOUT_FILENO) == 1
    static let errorsAreTerminal = isatty(STDERR_FILENO) == 1

    static let inputIsTerminal = isatty(STDIN_FILENO) == 1

    static func error(_ text: String) {
        FileHandleOutput.standardError.write(text + "\n")
    }

    /// A word on what takes a while; only for people.
    static func progress(_ text: String) {
        guard errorsAreTerminal else { return }
        error(text)
    }

    static func dim(_ text: String) -> String { isTerminal ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
    static func bold(_ text: String) -> String { isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
    static func alarm(_ text: String) -> String { isTerminal ? "\u{1b}[33m\(text)\u{1b}[0m" : text }

    /// Asks a person for a line; nil at the end of the input.
    static func ask(_ question: String) -> String? {
        guard inputIsTerminal else { return readLine() }
        FileHandleOutput.standardError.write(question)
        defer { error("") }
        return readLine()
    }

    /// Lets what was printed out at once, for whoever reads along.
    static func flush() {
        _ = fflush(nil)
    }

    static func clearScreen() {
        guard isTerminal else { return }
        print("\u{1b}[H\u{1b}[2J", terminator: "")
    }
}

/// Writes whole texts to a descriptor of the process.
private struct FileHandleOutput {
    static let standardError = FileHandleOutput(number: STDERR_FILENO)
    let number: Int32

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { memory in
            // SAFETY: the kernel reads `count` bytes of an array that outlives the call.
            _ = unsafe Glibc.write(number, memory.baseAddress, memory.count)
        }
    }
}
