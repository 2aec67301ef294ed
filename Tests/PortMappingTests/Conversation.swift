import Addressing
import Forwarding
import Foundation
import TestKit
import Testing

@testable import PortMapping

/// A device that speaks with the server, without a socket between them.
struct Conversation {
    var desk: FakeDesk
    var settings = MappingSettings(dialects: [.pcp, .natPMP])
    var source = Sample.endpoint("192.168.1.10", 40_000)
    var interface = Sample.interface("br0")
    var seed: UInt64 = 7

    init(_ desk: FakeDesk = FakeDesk()) { self.desk = desk }

    /// The answer, or nil for silence.
    func say(_ bytes: [UInt8], epoch: UInt32 = 0, from address: String? = nil) throws -> [UInt8]? {
        let control = try #require(PortControl(settings))
        let source = address.map { Sample.endpoint($0, 40_000) } ?? source
        let caller = PortCaller(source: source, interface: interface)
        let outside = Outside(epoch: epoch, v4: desk.standingNow.v4)
        switch control.reception(bytes, from: caller, outside, seed: seed) {
        case .silence: return nil
        case .answer(let bytes): return bytes
        case .question(let ask, let reply):
            return reply.bytes(for: desk.answerNow([ask])[0], epoch: epoch)
        }
    }

    func say(_ text: String, epoch: UInt32 = 0, from address: String? = nil) throws -> [UInt8]? {
        try say([UInt8](hex: text), epoch: epoch, from: address)
    }
}

/// The vectors, which are files of the fuzzers' corpus.
enum Vector {
    static func bytes(_ start: String) throws -> [UInt8] {
        let folder = start.contains("-n") ? "NATPMP" : "PCP"
        return try #require(
            all(folder).first { $0.name.hasPrefix(start) }, "no \(start) in the corpus"
        ).bytes
    }

    static func all(_ folder: String) -> [(name: String, bytes: [UInt8])] {
        let place = projectFolder.appending(path: "Fuzz/Corpus/\(folder)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.filter { $0.hasSuffix(".hex") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: place.appending(path: name)) else { return nil }
            return (name, [UInt8](hex: String(decoding: data, as: UTF8.self)))
        }
    }
}

extension [UInt8] {
    init(hex: String) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(digits[place] << 4 | digits[place + 1])
        }
    }

    /// Of a PCP response.
    var pcpResult: UInt8? { count > 3 ? self[3] : nil }

    func number(at place: Int) -> Int { self[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    func port(at place: Int) -> Int { Int(self[place]) << 8 | Int(self[place + 1]) }

    func changed(_ place: Int, to byte: UInt8) -> [UInt8] {
        var bytes = self
        bytes[place] = byte
        return bytes
    }
}
