import Addressing
import TestKit
import Testing
import Wire

/// What a server reads and grants; the vectors are files of the corpus.
@Suite struct `A PCP server` {
    static let requests: [(String, PCPRequest)] = [
        ("request-t01", PCPSample.map),
        ("request-t04", PCPSample.deletion),
        ("request-t06", PCPSample.announce),
        ("request-t09", PCPSample.strict),
        ("request-t11", PCPSample.filtered([PCPSample.remotes("198.51.100.0/24")])),
        ("request-t12", PCPSample.forAnother),
        ("request-t14", PCPSample.peer),
        ("request-t16", PCPSample.pinhole),
        ("request-t18", PCPSample.ports),
        (
            "request-filters-replaced",
            PCPSample.filtered([.deleteAll, PCPSample.remotes("0.0.0.0/0", 22)])
        ),
        (
            "request-third-party-peer",
            PCPRequest(
                PCPSample.peer.operation, lifetime: 3600, client: PCPSample.device,
                options: PCPSample.forAnother.options)
        ),
    ]

    @Test(arguments: requests)
    func `reads what a client writes`(name: String, expected: PCPRequest) throws {
        let bytes = try Corpus.bytes("PCP", name)
        #expect(bytes.datagram(from: expected.client) == .request(expected))
        #expect(expected.bytes == bytes)
    }

    static let grants: [(PCPRequest, String, Endpoint, UInt32, UInt32)] = [
        (PCPSample.map, "response-t02", Sample.endpoint("203.0.113.5", 8080), 7200, 1000),
        (PCPSample.map, "response-t03", Sample.endpoint("203.0.113.5", 40_123), 3600, 1001),
        (PCPSample.deletion, "response-t05", PCPSample.nowhere, 0, 1010),
        (PCPSample.announce, "response-t07", PCPSample.nowhere, 0, 1012),
        (PCPSample.peer, "response-t15", Sample.endpoint("203.0.113.5", 50_000), 3600, 1020),
        (PCPSample.pinhole, "response-t17", Sample.endpoint("2001:db8:1::10", 5000), 7200, 1030),
        (PCPSample.ports, "response-t19", Sample.endpoint("203.0.113.5", 6000), 7200, 1040),
    ]

    @Test(arguments: grants)
    func `says what it grants`(
        asked: PCPRequest, name: String, external: Endpoint, lifetime: UInt32, epoch: UInt32
    ) throws {
        let response = asked.granted(
            external, lifetime: lifetime, epoch: epoch, portSet: PCPSample.portSet(2))
        let bytes = try Corpus.bytes("PCP", name)
        #expect(response.bytes == bytes)
    }

    @Test func `leaves an unknown option out that it may leave out`() throws {
        let bytes = try Corpus.bytes("PCP", "request-t25")
        #expect(bytes.request() == PCPSample.map)
    }

    @Test func `says nothing of a port set that it does not grant`() {
        let response = PCPSample.ports.granted(PCPSample.nowhere, lifetime: 60, epoch: 0)
        #expect(response.options == .none && response.bytes.count == 60)
    }

    @Test func `tells everybody that it begins anew`() throws {
        let bytes = try Corpus.bytes("PCP", "response-t08")
        #expect(PCPResponse.announcement(epoch: 0).bytes == bytes)
    }

    @Test func `never answers what is too short, or an answer itself`() {
        for file in Corpus.all("PCP") where file.kind == "silent" || file.kind == "response" {
            #expect(file.bytes.datagram() == .silence, "\(file.name)")
        }
        for bytes: [UInt8] in [[], [2], [0], [0, 0x80], [3, 0x81], [2, 1]] {
            #expect(bytes.datagram() == .silence)
        }
    }

    @Test func `leaves version 0 to NAT-PMP`() {
        for file in Corpus.all("NATPMP") where file.kind == "request" {
            #expect(file.bytes.datagram() == .natPMP)
        }
    }

    @Test func `knows a client that comes by an IPv6 socket`() {
        let source = Sample.address("::ffff:192.168.1.10")
        #expect(PCPSample.map.bytes.request(from: source) == PCPSample.map)
    }

    @Test func `is silent about nonces`() {
        let texts = [
            "\(PCPSample.map)", String(reflecting: PCPSample.map), "\(PCPSample.nonce)",
        ]
        for text in texts + [dumped(PCPSample.map)] {
            #expect(text.contains("(nonce)"))
            for secret in ["1011", "\(PCPSample.nonce.high)", "\(PCPSample.nonce.low)"] {
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }
}
