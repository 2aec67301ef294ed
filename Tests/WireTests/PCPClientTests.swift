import Addressing
import TestKit
import Testing
import Wire

/// What a client makes of what comes back.
@Suite struct `A PCP client` {
    private static func granted(
        _ request: PCPRequest, _ external: Endpoint, _ lifetime: UInt32, _ epoch: UInt32,
        _ set: PCPPortSet? = nil
    ) -> PCPResponse {
        request.granted(external, lifetime: lifetime, epoch: epoch, portSet: set)
    }

    static let answers: [(PCPRequest, String, PCPResponse)] = [
        (
            PCPSample.map, "response-t02",
            granted(PCPSample.map, Sample.endpoint("203.0.113.5", 8080), 7200, 1000)
        ),
        (
            PCPSample.map, "response-t03",
            granted(PCPSample.map, Sample.endpoint("203.0.113.5", 40_123), 3600, 1001)
        ),
        (
            PCPSample.deletion, "response-t05",
            granted(PCPSample.deletion, PCPSample.nowhere, 0, 1010)
        ),
        (
            PCPSample.announce, "response-t07",
            granted(PCPSample.announce, PCPSample.nowhere, 0, 1012)
        ),
        (
            PCPSample.strict, "response-t10",
            PCPResponse(
                PCPSample.strict.operation, result: .refused(.cannotProvideExternal), lifetime: 30,
                epoch: 1015)
        ),
        (
            PCPSample.forAnother, "response-t13",
            PCPResponse(
                PCPSample.forAnother.operation, result: .refused(.unsupportedOption),
                lifetime: 1800, epoch: 1016)
        ),
        (
            PCPSample.peer, "response-t15",
            granted(PCPSample.peer, Sample.endpoint("203.0.113.5", 50_000), 3600, 1020)
        ),
        (
            PCPSample.pinhole, "response-t17",
            granted(PCPSample.pinhole, Sample.endpoint("2001:db8:1::10", 5000), 7200, 1030)
        ),
        (
            PCPSample.ports, "response-t19",
            granted(
                PCPSample.ports, Sample.endpoint("203.0.113.5", 6000), 7200, 1040,
                PCPSample.portSet(2))
        ),
        (
            PCPSample.map, "response-t23",
            PCPResponse(
                PCPSample.map.operation, result: .refused(.addressMismatch), lifetime: 1800,
                epoch: 1060)
        ),
    ]

    @Test(arguments: answers)
    func `reads the answer to its request`(
        request: PCPRequest, name: String, expected: PCPResponse
    ) throws {
        let bytes = try Corpus.bytes("PCP", name)
        #expect(bytes.pcpAnswer(to: request) == .response(expected))
    }

    @Test(arguments: answers)
    func `takes no answer for another's`(
        request: PCPRequest, name: String, expected: PCPResponse
    ) throws {
        let bytes = try Corpus.bytes("PCP", name)
        let readers: [PCPRequest] = [
            PCPSample.map, PCPSample.announce, PCPSample.forAnother, PCPSample.peer,
            PCPSample.ports, PCPSample.pinhole,
        ]
        for other in readers
        where other.operation.mapping.map(\.internalPort)
            != request.operation.mapping.map(\.internalPort)
        {
            #expect(bytes.pcpAnswer(to: other) == nil)
        }
        #expect(request.bytes.pcpAnswer(to: request) == nil, "its own question")
        guard request.operation.opcode != .announce else { return }
        // Nonce, protocol, port.
        for place in [24, 35, 36, 40, 41] {
            #expect(bytes.flipped(0, of: place).pcpAnswer(to: request) == nil)
        }
        for count in 0..<bytes.count where count % 4 != 0 || count < 60 {
            #expect(Array(bytes.prefix(count)).pcpAnswer(to: request) == nil)
        }
    }

    @Test func `wants to hear of the same remote peer`() throws {
        let bytes = try Corpus.bytes("PCP", "response-t15")
        for place in [60, 61, 79] {
            #expect(bytes.flipped(0, of: place).pcpAnswer(to: PCPSample.peer) == nil)
        }
    }

    @Test func `wants to hear of the same device`() {
        let answer = PCPSample.forAnother.granted(PCPSample.nowhere, lifetime: 60, epoch: 0)
        #expect(answer.answers(PCPSample.forAnother))
        var mine = PCPSample.forAnother
        mine.options.thirdParty = nil
        #expect(!answer.answers(mine))
    }

    @Test func `takes no more ports than it asked for`() {
        func answer(_ size: UInt16) -> PCPResponse {
            PCPSample.ports.granted(
                PCPSample.nowhere, lifetime: 60, epoch: 0, portSet: PCPSample.portSet(size))
        }
        #expect(answer(4).answers(PCPSample.ports) && !answer(5).answers(PCPSample.ports))
        var one = PCPSample.ports
        one.options.portSet = nil
        #expect(!answer(1).answers(one))
    }

    @Test func `hears that the server knows another version`() throws {
        var bytes = try Corpus.bytes("PCP", "response-t21")
        bytes[0] = 1
        #expect(
            bytes.pcpAnswer(to: PCPSample.map) == .otherVersion(1, retry: 1800))
        #expect(bytes.pcpAnswer(to: PCPSample.announce) == nil)
        for name in ["response-n15", "response-n16"] {
            let bytes = try Corpus.bytes("NATPMP", name)
            #expect(
                bytes.pcpAnswer(to: PCPSample.map) == .otherVersion(0, retry: 0))
        }
        let address = try Corpus.bytes("NATPMP", "response-n02")
        #expect(address.pcpAnswer(to: PCPSample.map) == nil)
    }

    @Test func `takes a number that it does not know for a failure`() throws {
        var bytes = try Corpus.bytes("PCP", "response-t10")
        bytes[3] = 77
        let response = try #require(bytes.pcpResponse())
        #expect(response.result == .unknown(77) && response.lifetime == 30)
        #expect(response.answers(PCPSample.strict))
    }

    @Test func `hears what it did not ask for`() throws {
        let bytes = try Corpus.bytes("PCP", "response-t08")
        let announcement = bytes.pcpResponse()
        #expect(announcement == .announcement(epoch: 0))
        // The mapping has another address now.
        let update = PCPSample.map.granted(
            Sample.endpoint("203.0.113.9", 8080), lifetime: 600, epoch: 5)
        #expect(update.bytes.pcpResponse() == update)
        #expect(update.answers(PCPSample.map) && !update.answers(PCPSample.ports))
    }

    @Test func `knows every number of a result`() {
        for code in UInt8.min...UInt8.max {
            let result = [2, 0x80, 0, code].padded(to: 24).pcpResponse()?.result
            #expect(result?.code == code)
        }
        let short = PCPError.allCases.filter { $0.lifetime == 30 }.map(\.rawValue)
        #expect(short == [7, 8, 10, 11])
        #expect(PCPError.allCases.map(\.rawValue) == Array(1...13))
    }
}

extension [UInt8] {
    /// With zeros behind.
    func padded(to count: Int) -> [UInt8] {
        self + [UInt8](repeating: 0, count: Swift.max(0, count - self.count))
    }
}
