import Foundation
import Netlink
import TestKit
import Testing

/// Messages that were exchanged with a kernel, or that `nft` sent to it.
struct Vector: Decodable, Sendable {
    let name: String
    let hex: String
    let expressions_hex: String?

    var bytes: [UInt8] { [UInt8](hex: hex) }

    private struct File: Decodable {
        let vectors: [Vector]
    }

    static let all: [Vector] = {
        let file = projectFolder.appending(
            path: "Tests/NetlinkTests/Fixtures/nftables-vectors.json")
        guard let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode(File.self, from: data).vectors
        else { preconditionFailure("no vectors") }
        return vectors
    }()

    static func named(_ name: String) throws -> Vector {
        try #require(all.first(where: { $0.name == name }), "no vector \(name)")
    }

    /// The first message of the vector.
    static func message(_ name: String) throws -> Message {
        try #require(Array(MessageReader(try named(name).bytes)).first)
    }
}

extension [UInt8] {
    init(hex: String) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(digits[place] << 4 | digits[place + 1])
        }
    }

    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The bytes of one message without what is arbitrary: its number and the sender.
    var withoutNumbers: [UInt8] {
        var bytes = self
        for place in 8..<16 where place < bytes.count { bytes[place] = 0 }
        return bytes
    }
}

/// What a message says, line by line, for comparing where the order of attributes is free.
///
/// A parser of its own: what it tests must not be trusted to read itself.
struct WireText {
    private(set) var lines: [String] = []

    /// A whole message, after `fixed` bytes of family header.
    static func message(_ bytes: [UInt8], fixed: Int = 4) -> [String] {
        var text = WireText()
        text.lines = [
            "type \(Array(bytes[4..<8]).hex)", "head \(Array(bytes[16..<16 + fixed]).hex)",
        ]
        text.read(bytes[(16 + fixed)...], indent: "")
        return text.lines
    }

    static func attributes(_ bytes: [UInt8]) -> [String] {
        var text = WireText()
        text.read(bytes[...], indent: "")
        return text.lines
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, indent: String) {
        var found: [(type: Int, nested: Bool, payload: ArraySlice<UInt8>)] = []
        var rest = bytes
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            let type = Int(rest[start + 2]) | Int(rest[start + 3]) << 8
            guard length >= 4, length <= rest.count else {
                lines.append("\(indent)broken")
                break
            }
            found.append((type & 0x3fff, type & 0x8000 != 0, rest[start + 4..<start + length]))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        let sorted = found.enumerated().sorted {
            ($0.element.type, $0.offset) < ($1.element.type, $1.offset)
        }
        for (_, attribute) in sorted {
            guard attribute.nested else {
                lines.append("\(indent)\(attribute.type) = \(Array(attribute.payload).hex)")
                continue
            }
            lines.append("\(indent)\(attribute.type)")
            read(attribute.payload, indent: indent + "  ")
        }
    }
}
