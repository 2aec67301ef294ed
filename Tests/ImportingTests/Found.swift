import Addressing
import Forwarding
import Foundation
import Importing
import TestKit
import Testing

/// A sample file of another program, and what is to be found in it.
struct Fixture: Sendable, CustomStringConvertible {
    var name: String
    var format: ImportFormat
    var options = ImportOptions()
    var forwards: [String] = []
    /// The lines, and what is said of them.
    var remarks: [Said] = []

    struct Said: Hashable, Sendable {
        var lines: ClosedRange<Int>
        var reason: Reason

        init(_ line: Int, _ reason: Reason) { (lines, self.reason) = (line...line, reason) }
        init(_ lines: ClosedRange<Int>, _ reason: Reason) {
            (self.lines, self.reason) = (lines, reason)
        }
    }

    var description: String { name }

    func text() throws -> String { try Self.text(name) }

    static func text(_ name: String) throws -> String {
        let file = projectFolder.appending(path: "Tests/ImportingTests/Fixtures/\(name)")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

extension ImportedForward {
    /// The line, and all that the forward says: `3 nas 8443/tcp on wan0 > 192.168.7.10:443`.
    var words: String {
        var words = ["\(line)", draft.name.text, "\(draft.external.ports)/\(draft.transports)"]
        switch draft.external.scope {
        case .everyWAN: break
        case .interface(let name): words.append("on \(name)")
        case .address(let address): words.append("at \(address)")
        }
        words.append("> \(draft.target)")
        words += draft.sources.allowed.map { "allow \($0)" }
        words += draft.sources.denied.map { "deny \($0)" }
        if !draft.hairpin { words.append("no hairpin") }
        if draft.sourceAddress == .rewritten { words.append("rewritten") }
        words += draft.relay.spelled.flatMap { field, values in
            values.map { "\(field.rawValue)=\($0)" }
        }
        if draft.translatesIPv6 { words.append("nat6") }
        if let end = draft.ends.moment(from: Sample.now) { words.append("until \(end.text)") }
        if !draft.enabled { words.append("off") }
        if !draft.comment.isEmpty { words.append("# \(draft.comment)") }
        return words.joined(separator: " ")
    }
}

extension Remark {
    var said: Fixture.Said { Fixture.Said(line...lastLine, reason) }
}

extension Fixture {
    /// Reads the file and compares what is found, line for line.
    func check() throws {
        let file = format.read(try text(), options)
        #expect(file.forwards.map(\.words) == forwards)
        #expect(file.remarks.map(\.said) == remarks)
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
        for remark in file.remarks {
            #expect(lines[remark.line - 1].trimmingCharacters(in: .whitespaces) == remark.text)
            #expect(!remark.reason.description.isEmpty)
        }
    }
}

extension Sample {
    static func host(_ text: String) -> TargetHost { .address(address(text)) }
}
