import Addressing
import TestKit
import Testing
import Wire

/// What a server reads and answers; T1 to T28 of the vectors are files of the corpus.
@Suite struct `A PCP server` {
    private static let device = Sample.address("192.168.1.10")
    private static let nonce = MappingNonce(high: 0x1011_1213_1415_1617, low: 0x1819_1a1b)
    private static let nowhere = Sample.endpoint("0.0.0.0", 0)

    private static func map(
        _ number: UInt8, _ port: UInt16, _ external: Endpoint = nowhere
    ) -> PCPOperation {
        .map(
            PCPMap(nonce: nonce, protocolNumber: number, internalPort: port, external: external))
    }

    private static func request(
        _ operation: PCPOperation, _ lifetime: UInt32, _ options: PCPOptions = .none
    ) -> PCPRequest {
        PCPRequest(operation, lifetime: lifetime, client: device, options: options)
    }

    private static let filters = [
        PCPRemotes(Sample.prefix("198.51.100.0/24")).map(PCPFilter.allow)
    ].compactMap { $0 }
    private static let everybody = [
        .deleteAll, PCPRemotes(Sample.prefix("0.0.0.0/0"), port: 22).map(PCPFilter.allow),
    ].compactMap { $0 }
    private static let peer = PCPOperation.peer(
        PCPPeer(
            PCPMap(nonce: nonce, protocolNumber: 6, internalPort: 50_000, external: nowhere),
            remote: Sample.endpoint("198.51.100.7", 443)))
    private static let thirdParty = PCPOptions(thirdParty: Sample.address("192.168.1.99"))
    private static let external = Sample.endpoint("203.0.113.5", 0)

    private static func portSet(_ size: UInt16) -> PCPPortSet? {
        PCPPortSet(size: size, firstInternalPort: 6000)
    }

    static let requests: [(String, PCPRequest)] = [
        ("request-t01", request(map(6, 8080, Sample.endpoint("0.0.0.0", 8080)), 7200)),
        ("request-t04", request(map(6, 8080), 0)),
        ("request-t06", request(.announce, 0)),
        (
            "request-t09",
            request(
                map(6, 8080, Sample.endpoint("203.0.113.5", 443)), 7200,
                PCPOptions(prefersFailure: true))
        ),
        (
            "request-t11",
            request(
                map(17, 51_820, Sample.endpoint("0.0.0.0", 51_820)), 3600,
                PCPOptions(filters: filters))
        ),
        (
            "request-t12",
            request(map(6, 22, Sample.endpoint("0.0.0.0", 22)), 3600, thirdParty)
        ),
        ("request-t14", request(peer, 3600)),
        (
            "request-t16",
            PCPRequest(
                map(17, 5000, Sample.endpoint("::", 0)), lifetime: 7200,
                client: Sample.address("2001:db8:1::10"))
        ),
        (
            "request-t18",
            request(
                map(17, 6000, Sample.endpoint("0.0.0.0", 6000)), 7200,
                PCPOptions(portSet: portSet(4)))
        ),
        (
            "request-filters-replaced",
            request(
                map(17, 51_820, Sample.endpoint("0.0.0.0", 51_820)), 3600,
                PCPOptions(filters: everybody))
        ),
        ("request-third-party-peer", request(peer, 3600, thirdParty)),
    ]

    @Test(arguments: requests)
    func `reads what a client writes`(name: String, expected: PCPRequest) throws {
        let bytes = try Corpus.bytes("PCP", name)
        let offer = PCPOffer(epoch: 0, thirdParties: true)
        #expect(
            PCPDatagram.read(bytes.span, from: expected.client, offering: offer)
                == .request(expected))
        #expect(expected.bytes == bytes)
    }

    static let grants: [(String, String, Endpoint, UInt32, UInt32)] = [
        ("request-t01", "response-t02", Sample.endpoint("203.0.113.5", 8080), 7200, 1000),
        ("request-t01", "response-t03", Sample.endpoint("203.0.113.5", 40_123), 3600, 1001),
        ("request-t04", "response-t05", nowhere, 0, 1010),
        ("request-t06", "response-t07", nowhere, 0, 1012),
        ("request-t14", "response-t15", Sample.endpoint("203.0.113.5", 50_000), 3600, 1020),
        ("request-t16", "response-t17", Sample.endpoint("2001:db8:1::10", 5000), 7200, 1030),
        ("request-t18", "response-t19", Sample.endpoint("203.0.113.5", 6000), 7200, 1040),
    ]

    @Test(arguments: grants)
    func `says what it grants`(
        request: String, response: String, external: Endpoint, lifetime: UInt32, epoch: UInt32
    ) throws {
        let asked = try #require(Self.requests.first { $0.0 == request }).1
        let answer = asked.granted(
            external, lifetime: lifetime, epoch: epoch, portSet: Self.portSet(2))
        #expect(answer.bytes == (try Corpus.bytes("PCP", response)))
    }

    @Test func `leaves an unknown option out, and a port set that it does not grant`() throws {
        let bytes = try Corpus.bytes("PCP", "request-t25")
        let expected = Self.requests[0].1
        #expect(
            PCPDatagram.read(bytes.span, from: Self.device, offering: PCPOffer(epoch: 0))
                == .request(expected))
        let asked = try #require(Self.requests.first { $0.0 == "request-t18" }).1
        let answer = asked.granted(Self.external, lifetime: 60, epoch: 0)
        #expect(answer.options == .none && answer.bytes.count == 60)
    }

    @Test func `tells everybody that it begins anew`() throws {
        #expect(
            PCPResponse.announcement(epoch: 0).bytes
                == (try Corpus.bytes("PCP", "response-t08")))
    }
}
