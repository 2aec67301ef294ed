import Foundation
import TestKit
import Testing

/// A `[mapping]` that a daemon must not start with, and what it says of it.
private struct BadTerms: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var content: String
    var says: [String]

    init(_ content: String, _ says: String...) {
        (testDescription, self.content, self.says) = (content, content, says)
    }
}

@Suite struct `The settings for devices` {
    private static let bad: [BadTerms] = [
        BadTerms(
            "protocols = [\"upnp2\"]", "mapping.protocols = upnp2", "write pcp or nat-pmp or upnp"),
        BadTerms("protocols = \"pcp\"", "mapping protocols\" should be a list"),
        BadTerms("interfaces = [\"a b\"]", "mapping.interfaces = a b"),
        BadTerms("default = \"maybe\"", "mapping.default = maybe", "allow or deny or ask"),
        BadTerms("nonces = \"none\"", "mapping.nonces = none", "strict or lenient"),
        BadTerms("min_lifetime = \"2\"", "mapping.min_lifetime = 2"),
        BadTerms("max_lifetime = \"1m\"", "mapping.min_lifetime", "longer than the longest"),
        BadTerms("per_device = 0", "mapping.per_device = 0", "between 1 and 60000"),
        BadTerms("in_all = 70000", "mapping.in_all = 70000"),
        BadTerms("upnp_port = 0", "mapping.upnp_port = 0"),
        BadTerms("upnp_face = \"3\"", "mapping.upnp_face = 3", "auto or 1"),
        BadTerms("upnp_listing = \"none\"", "mapping.upnp_listing = none", "own or all"),
        BadTerms("managers = [\"nas\"]", "mapping.managers = nas"),
        BadTerms("protocol = [\"pcp\"]", "mapping protocol\" is no key", "\"protocols\"?"),
        BadTerms("[[mapping.rule]]\nports = \"1\"", "mapping.rule.action"),
        BadTerms(
            "[[mapping.rule]]\naction = \"permit\"", "mapping.rule.action = permit",
            "allow or deny or ask"),
        BadTerms(
            "[[mapping.rule]]\naction = \"allow\"\ndevice = \"console\"",
            "mapping.rule.device = console"),
        BadTerms(
            "[[mapping.rule]]\naction = \"allow\"\nports = \"9-1\"", "mapping.rule.ports = 9-1",
            "1-9"),
        BadTerms(
            "[[mapping.rule]]\naction = \"allow\"\ntransport = \"icmp\"",
            "mapping.rule.transport = icmp"),
        BadTerms(
            "[[mapping.rule]]\naction = \"allow\"\ninternal_ports = \"0\"",
            "mapping.rule.internal_ports = 0"),
    ]

    @Test(arguments: bad)
    fileprivate func `are refused with the key, the value and what to write`(
        terms: BadTerms
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "mapping-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "portcullis.toml")
        try Data("[mapping]\n\(terms.content)\n".utf8).write(to: file)
        let result = try Command.run([
            GatewayProcess.binary, "run", "--config", file.path, "--state", folder.path,
            "--socket", folder.appending(path: "control.sock").path,
        ])
        #expect(result.code == 1, "\(result.errors)")
        for words in terms.says { #expect(result.errors.contains(words), "\(result.errors)") }
    }
}
