import Foundation
import TestKit
import Testing

/// Settings of several WANs that cannot be: the daemon says so and does not start.
@Suite struct `Settings of WANs` {
    struct Wrong: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var says: [String]
    }

    static let wrong = [
        Wrong(
            testDescription: "a next hop that is no address",
            text: "[network]\nwan = [\"wan0\"]\ngateways = { wan0 = \"router\" }\n",
            says: ["network.gateways.wan0 = router\" is no IP address", "203.0.113.5"]),
        Wrong(
            testDescription: "a next hop of a stranger",
            text: "[network]\nwan = [\"wan0\"]\ngateways = { wan1 = [\"192.0.2.9\"] }\n",
            says: ["network.gateways.wan1\" is about an interface that \"wan\" does not name"]),
        Wrong(
            testDescription: "a mask of three bits",
            text: "[kernel]\nwan_mask = \"0x07000000\"\n",
            says: ["kernel.wan_mask = 0x07000000\" is no mask of four bits", "0x0f000000"]),
        Wrong(
            testDescription: "two masks in one place",
            text: "[kernel]\nwan_mask = \"0x000f0000\"\n",
            says: ["kernel.wan_mask = 0x000f0000\" shares bits with mark_mask, 0x00ffff00"]),
        Wrong(
            testDescription: "tables that are the kernel's own",
            text: "[kernel]\nrouting_base = 250\n",
            says: ["kernel.routing_base = 250\" is not between 256 and 32000", "7400"]),
        Wrong(
            testDescription: "a choice that is none",
            text: "[network]\npolicy_routing = \"maybe\"\n",
            says: ["network.policy_routing = maybe\"", "on or off"]),
    ]

    @Test(arguments: wrong)
    func `that are wrong get one line that says what to write`(wrong: Wrong) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(wrong.text.utf8).write(to: file)
        let result = try Command.run([
            GatewayProcess.binary, "run", "--config", file.path, "--socket", "/nonexistent/s",
        ])
        #expect(result.code == 1)
        #expect(result.errors.filter { $0 == "\n" }.count == 1, "\(result.errors)")
        for part in wrong.says { #expect(result.errors.contains(part), "\(result.errors)") }
    }
}
