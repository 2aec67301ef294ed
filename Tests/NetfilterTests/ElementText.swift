import Addressing
import Foundation
import Netlink
import TestKit
import Testing

@testable import Netfilter

/// Elements as lines for people, by what their set's declaration says.
struct ElementText {
    private var declarations: [String: SetDeclaration]

    init(parts: [Part] = []) {
        let pieces = parts.flatMap(\.sets).map(\.declaration)
        declarations = Dictionary(
            (Layout.staticSets + pieces).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// `any4_range  tcp . 8000 – tcp . 8009 : 0x00000700`.
    func line(_ placed: PlacedElement) -> String {
        guard let set = declarations[placed.set] else { return "\(placed.set)  no such set" }
        let element = placed.element
        var line = "\(placed.set)  " + fields(set.key, element.key)
        if let end = element.keyEnd { line += " – " + fields(set.key, end) }
        if element.endsInterval { line += " end" }
        if let timeout = element.timeout { line += " for \(timeout) ms" }
        switch (element.data, set.data) {
        case (.none, .none): break
        case (.jump(let chain), .verdict): line += " : jump \(chain)"
        case (.value(let image), .value(let types)):
            line += " : " + fields(types, image)
        default: line += " : data that the set has not"
        }
        return line
    }

    /// A chain that comes along: its sets with their elements, and what its rules are for.
    func lines(of part: Part) -> [String] {
        let sets = part.sets.flatMap { piece in
            piece.elements.map {
                "  " + line(PlacedElement(set: piece.declaration.name, element: $0))
            }
        }
        return ["chain \(part.chain)"] + sets + part.rules.map { "  rule \($0.purpose)" }
    }

    /// Reads the fields of a register image: each in multiples of four bytes, a lone one as it is.
    private func fields(_ types: [NFTables.KeyType], _ image: RegisterImage) -> String {
        let isLone = types.count == 1
        var (place, texts): (Int, [String]) = (0, [])
        for type in types {
            let size = Self.size(type)
            let padded = isLone ? size : (size + 3) & ~3
            guard place + padded <= image.count else { return "too short" }
            texts.append(text(type, Array(image.bytes[place..<place + size])))
            guard image.bytes[place + size..<place + padded].allSatisfy({ $0 == 0 }) else {
                return "filled with something"
            }
            place += padded
        }
        return place == image.count ? texts.joined(separator: " . ") : "too long"
    }

    private static func size(_ type: NFTables.KeyType) -> Int {
        switch type {
        case .ipv4, .mark: 4
        case .ipv6, .interface: 16
        case .transport: 1
        case .port: 2
        }
    }

    private func text(_ type: NFTables.KeyType, _ bytes: [UInt8]) -> String {
        switch type {
        case .ipv4, .ipv6: IPAddress(octets: bytes)?.description ?? "no address"
        case .transport: TransportProtocol(rawValue: bytes[0])?.name ?? "no protocol"
        case .port: "\(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))"
        case .interface: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        case .mark:
            "0x" + bytes.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}

/// What is compared with a file; `PORTCULLIS_RECORD=1` writes the file instead.
enum Golden {
    static func check(
        _ name: String, _ lines: [String], _ place: SourceLocation = #_sourceLocation
    ) throws {
        let file = projectFolder.appending(path: "Tests/NetfilterTests/Fixtures/\(name)")
        if Environment["PORTCULLIS_RECORD"] == "1" {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
            return
        }
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let recorded = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0) }.dropLast()
        let difference = lines.difference(from: Array(recorded)).map { change in
            switch change {
            case .remove(let offset, let line, _): "\(offset + 1) - \(line)"
            case .insert(let offset, let line, _): "\(offset + 1) + \(line)"
            }
        }
        let report = "\(name):\n" + difference.joined(separator: "\n")
        #expect(difference.isEmpty, "\(report)", sourceLocation: place)
    }
}
