import Forwarding
import Foundation
import Importing
import TestKit
import Testing

@Suite struct `Any text` {
    private static let files = [
        "iptables-save.txt", "ip6tables-save.txt", "nft-ruleset.txt", "openwrt-firewall.txt",
        "firewalld-list.txt", "firewalld-zone.xml", "miniupnpd-leases.txt", "docker-ps.txt",
        "docker-ps-format.txt", "rinetd.conf", "haproxy.cfg", "nginx.conf",
    ]

    private static let texts: [String] = files.compactMap { try? Fixture.text($0) }

    @Test(arguments: Seed.batch(400))
    func `is read to its end, whatever format it is taken for`(seed: Seed) throws {
        var gen = Gen(seed)
        let text = gen.damaged(gen.pick(Self.texts))
        let count = text.utf8.split(separator: 10, omittingEmptySubsequences: false).count
        _ = ImportFormat.detect(text)
        for format in ImportFormat.allCases {
            let file = format.read(text, ImportOptions(dockerHost: Sample.host("192.168.7.5")))
            let lines = file.forwards.map(\.line) + file.remarks.flatMap { [$0.line, $0.lastLine] }
            #expect(lines.allSatisfy { (1...count).contains($0) })
            #expect(file.remarks.allSatisfy { $0.line <= $0.lastLine })
            #expect(file.remarks.allSatisfy { !$0.reason.description.isEmpty })
            let names = Set(file.forwards.map(\.draft.name))
            #expect(names.count == file.forwards.count)
        }
    }

    @Test(arguments: Seed.batch(400))
    func `no line of a file of lines is dropped in silence`(seed: Seed) throws {
        var gen = Gen(seed)
        let samples: [(String, ImportFormat)] = [
            ("iptables-save.txt", .iptables), ("ip6tables-save.txt", .iptables),
            ("rinetd.conf", .rinetd), ("miniupnpd-leases.txt", .miniupnpd),
        ]
        let (name, format) = gen.pick(samples)
        let text = gen.damaged(try Fixture.text(name))
        let file = format.read(text)
        let told = Set(file.forwards.map(\.line) + file.remarks.map(\.line))
        let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        for (place, line) in lines.enumerated() where !told.contains(place + 1) {
            let words = line.split { " \t\r".contains($0) || $0 == "\r\n" }.map { String($0) }
            #expect(Self.means(nothing: words, format), "\(format) line \(place + 1): \(line)")
        }
    }

    /// The lines that only hold others together, or that hold for the forwards of other lines.
    private static func means(nothing words: [String], _ format: ImportFormat) -> Bool {
        guard let first = words.first else { return true }
        switch format {
        case .rinetd: return first.hasPrefix("#") || ["allow", "deny"].contains(first)
        case .iptables:
            let isFrame = first.hasPrefix("#") || first.hasPrefix("*") || words == ["COMMIT"]
            let isChain = first.hasPrefix(":") || first == "-N" || first == "-P"
            return isFrame || isChain || jumps(words) || !words.contains("-j")
        default: return false
        }
    }

    /// Whether a rule leads to a chain of the file, whose rules are told of.
    private static func jumps(_ words: [String]) -> Bool {
        guard let place = words.lastIndex(of: "-j"), place + 1 < words.count else { return false }
        let name = words[place + 1]
        return !["DNAT", "REDIRECT", "ACCEPT", "RETURN", "MASQUERADE", "SNAT"].contains(name)
    }

    @Test func `what goes on without end is read in a moment`() {
        let deep = String(repeating: "a { ", count: 100_000)
        let tags = String(repeating: "<a>", count: 100_000)
        let line = String(repeating: "9", count: 1_000_000)
        for text in [deep, tags, line, "<zone>" + tags, "table ip nat {\n" + deep] {
            for format in ImportFormat.allCases { _ = format.read(text) }
        }
    }

    @Test func `chains that multiply are given up, with a remark on each rule`() {
        var lines = ["*nat", ":PREROUTING ACCEPT [0:0]"]
        lines += (0..<14).map { ":C\($0) - [0:0]" }
        for level in 0..<13 {
            lines += Array(repeating: "-A C\(level) -j C\(level + 1)", count: 8)
        }
        lines += Array(repeating: "-A PREROUTING -j C0", count: 8)
        lines.append("-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.7.1")
        let file = ImportFormat.iptables.read(lines.joined(separator: "\n"))
        #expect(file.remarks.contains { $0.line == lines.count })
    }
}

extension Gen {
    /// A text with a few bytes, lines or ends of it changed.
    mutating func damaged(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<int(1...8) {
            guard !bytes.isEmpty else { break }
            damage(&bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let place = int(0...(bytes.count - 1))
        let end = Swift.min(bytes.count, place + int(1...40))
        switch int(1...7) {
        case 1: bytes[place] = UInt8(int(0...255))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: int(0...bytes.count))
        case 4: bytes.insert(pick(Array(" \n\t\"'{}[]<>:;,.-/!*=@#0".utf8)), at: place)
        case 5: if oneIn(4) { bytes.removeSubrange(place...) }
        case 6:
            var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
            lines.shuffle(using: &self)
            bytes = Array(lines.joined(separator: [10]))
        default:
            let ends = ["65535", "65536", "0", "4294967296", "-1", "::", "0.0.0.0/0", "tcp", "all"]
            bytes.replaceSubrange(place..<end, with: Array(pick(ends).utf8))
        }
    }
}
