import Foundation
import TestKit
import Testing

/// What `trace -o json` says.
struct Traced: Decodable {
    struct Rule: Decodable {
        var family: String
        var table: String
        var chain: String
    }
    struct Step: Decodable {
        var kind: String
        var verdict: String
        var rule: Rule?
    }
    struct Row: Decodable {
        var hook: String?
        var place: String
        var kernel: String
        var agrees: Bool?
    }
    struct Live: Decodable {
        var way: String
        var from: String?
        var packet: [Row]
        var answer: [Row]
    }
    var steps: [Step]
    var outcome: String
    var sentence: String
    var commands: [String]
    var live: Live?
}

extension GatewayProcess {
    /// Types a line that was advised.
    func done(arguments line: String) throws {
        let words = line.split(separator: " ").dropFirst().map(String.init)
        let result = try cli(words)
        #expect(result.succeeded, "\(line): \(result.errors)")
    }
}

extension String {
    /// With the variants of iptables that the lab has.
    var asNFT: String {
        replacingOccurrences(of: "iptables -I", with: "iptables-nft -I")
    }
}

extension TestKit.Host {
    func load(nft rules: String) throws {
        let result = try command(["nft", "-f", "-"], input: rules)
        try #require(result.succeeded, "\(rules)\n\(result.errors)")
    }

    func load(iptables rules: String) throws {
        let result = try command(["iptables-nft-restore", "--noflush"], input: rules)
        try #require(result.succeeded, "\(rules)\n\(result.errors)")
    }
}
