import Foundation
import TestKit
import Testing
import Wire

/// The files that the fuzzers begin with; the vectors are among them.
struct Corpus: Sendable, CustomTestStringConvertible {
    /// Its first word says what it is: `good`, `hello`, `other` or `bad`; `request`, `response` or
    /// `silent` of a protocol that asks and answers.
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }
    var kind: Substring { name.prefix { $0 != "-" } }

    /// All of one parser, by name.
    static func all(_ parser: String) -> [Corpus] {
        let folder = projectFolder.appending(path: "Fuzz/Corpus/\(parser)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".hex") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
            return Corpus(
                name: String(name.dropLast(4)),
                bytes: [UInt8](hex: String(decoding: data, as: UTF8.self)))
        }
    }

    /// The one whose name begins so.
    static func bytes(_ parser: String, _ start: String) throws -> [UInt8] {
        try #require(
            all(parser).first { $0.name.hasPrefix(start) }, "no \(start) in the corpus"
        ).bytes
    }
}

extension [UInt8] {
    init(hex: String) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(digits[place] << 4 | digits[place + 1])
        }
    }

    func header(_ versions: ProxyVersions = .either) -> ProxyHeaderReading {
        ProxyHeader.read(span, accepting: versions)
    }

    func hello(longestMessage: Int = ClientHello.longestMessage) -> ClientHelloReading {
        ClientHello.read(span, longestMessage: longestMessage)
    }

    func simpleHeader() -> ProxyHeaderReading { SimpleProxyHeader.read(span) }

    /// With one bit turned over.
    func flipped(_ bit: Int, of place: Int) -> [UInt8] {
        var bytes = self
        bytes[place] ^= 1 << UInt8(bit)
        return bytes
    }

    /// Bytes changed, taken out, put in, and the end cut off, a few times.
    func mutated(_ gen: inout Gen) -> [UInt8] {
        var bytes = self
        for _ in 0..<gen.int(1...4) where !bytes.isEmpty {
            let place = gen.int(0...(bytes.count - 1))
            switch gen.int(0...4) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(UInt8(truncatingIfNeeded: gen.next()), at: place)
            case 2: bytes = bytes.flipped(gen.int(0...7), of: place)
            case 3: bytes[place] = gen.pick([0, 1, 0x7f, 0x80, 0xff])
            default: bytes[place] = UInt8(truncatingIfNeeded: gen.next())
            }
        }
        return gen.oneIn(4) ? Array(bytes.prefix(gen.int(0...bytes.count))) : bytes
    }
}
