import Addressing
import TestKit
import Testing
import Wire

@Suite struct `A PCP server refuses` {
    static let vectors: [(String, String, PCPError, UInt32)] = [
        ("request-t12", "response-t13", .unsupportedOption, 1016),
        ("bad-t20", "response-t21", .unsupportedVersion, 1050),
        ("bad-t22", "response-t23", .addressMismatch, 1060),
        ("bad-t27", "response-t28", .unsupportedOpcode, 1070),
    ]

    @Test(arguments: vectors)
    func `in the words of the request`(
        request: String, response: String, error: PCPError, epoch: UInt32
    ) throws {
        let bytes = try Corpus.bytes("PCP", request)
        let expected = try Corpus.bytes("PCP", response)
        #expect(
            bytes.datagram(PCPOffer(epoch: epoch)) == .refused(error, response: expected))
    }

    @Test func `what it cannot give`() throws {
        let request = try Corpus.bytes("PCP", "request-t09")
        let expected = try Corpus.bytes("PCP", "response-t10")
        let error = PCPError.cannotProvideExternal
        #expect(error.response(to: request.span, epoch: 1015) == expected)
        let longer = error.response(to: request.span, epoch: 1015, lifetime: 1800)
        #expect(longer[4..<8] == [0, 0, 7, 8] && longer[8...] == expected[8...])
    }

    static let broken: [(String, PCPError)] = [
        ("bad-t24", .malformedOption), ("bad-t26", .unsupportedOption),
        ("bad-t29", .malformedRequest), ("bad-two-prefer-failure", .malformedOption),
        ("bad-filter-33", .malformedOption), ("bad-option-too-long", .malformedOption),
        ("bad-port-set-of-none", .malformedOption),
    ]

    @Test(arguments: broken)
    func `what is broken`(name: String, error: PCPError) throws {
        #expect(try Corpus.bytes("PCP", name).refusal() == error)
    }

    @Test func `what is cut off, with room for four`() throws {
        let bytes = try Corpus.bytes("PCP", "bad-t29")
        let response = PCPError.malformedRequest.response(to: bytes.span, epoch: 7)
        #expect(response.count == 60 && response[..<4] == [2, 0x81, 0, 3])
        #expect(response[4..<12] == [0, 0, 7, 8, 0, 0, 0, 7])
        #expect(response[12..<58] == bytes[12...] && response[58...] == [0, 0])
    }

    @Test func `what is too long, with no more than a message may have`() {
        let bytes = PCPSample.map.bytes
        let options = [UInt8](repeating: 0, count: 1100 - bytes.count - 4)
        let longest = bytes + [200, 0, UInt8(options.count >> 8), UInt8(options.count & 0xff)]
        #expect((longest + options).request() == PCPSample.map)
        let longer = longest + options + [200, 0, 0, 0]
        #expect(longer.refusal() == .malformedRequest)
        #expect(PCPError.malformedRequest.response(to: longer.span, epoch: 0).count == 1100)
    }

    /// Only versions that are not known are told so with less than a header.
    @Test(arguments: [[1, 1], [3, 0], [255, 127, 0]])
    func `another version, however short`(bytes: [UInt8]) {
        let head = [2, 0x80 | bytes[1], 0, 1, 0, 0, 7, 8, 0, 0, 0, 9]
        let response = head + [UInt8](repeating: 0, count: 12)
        #expect(
            bytes.datagram(PCPOffer(epoch: 9)) == .refused(.unsupportedVersion, response: response))
    }

    @Test func `peers, where it serves none`() {
        let offer = PCPOffer(epoch: 0, peers: false)
        let bytes = PCPSample.peer.bytes
        let response = PCPError.unsupportedOpcode.response(to: bytes.span, epoch: 0)
        #expect(bytes.datagram(offer) == .refused(.unsupportedOpcode, response: response))
    }

    /// Of several mistakes the one that comes first in section 8.2 is told.
    @Test func `in the order of the document`() throws {
        var bytes = try Corpus.bytes("PCP", "bad-t26")
        bytes[36] = 0
        #expect(bytes.refusal() == .unsupportedOption)
        bytes[1] = 5
        #expect(bytes.refusal() == .unsupportedOpcode)
        bytes[23] = 11
        #expect(bytes.refusal() == .addressMismatch)
        bytes.append(0)
        #expect(bytes.refusal() == .malformedRequest)
        bytes[0] = 1
        #expect(bytes.refusal() == .unsupportedVersion)
        bytes[1] |= 0x80
        #expect(bytes.datagram() == .silence)
    }

    @Test func `a mapping that belongs to nobody`() {
        #expect(PCPSample.request(PCPSample.mapping(0, 80)).bytes.refusal() == .malformedRequest)
        #expect(PCPSample.request(PCPSample.mapping(0, 0)).bytes.refusal() == nil)
        #expect(PCPSample.request(PCPSample.mapping(6, 0), 0).bytes.refusal() == nil)
    }

    static let peers: [(UInt8, UInt16, Endpoint)] = [
        (0, 5000, Sample.endpoint("198.51.100.7", 443)),
        (6, 0, Sample.endpoint("198.51.100.7", 443)),
        (6, 5000, Sample.endpoint("198.51.100.7", 0)),
        (6, 5000, Sample.endpoint("0.0.0.0", 443)),
        (6, 5000, Sample.endpoint("2001:db8::7", 443)),
    ]

    @Test(arguments: peers)
    func `a peer that is none`(number: UInt8, port: UInt16, remote: Endpoint) {
        var request = PCPSample.peer
        request.operation = .peer(PCPPeer(PCPSample.mapping(number, port), remote: remote))
        #expect(request.bytes.refusal() == .malformedRequest)
    }
}
