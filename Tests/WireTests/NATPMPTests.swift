import Addressing
import TestKit
import Testing
import Wire

/// The vectors are files of the corpus; those that ask for a state belong to the server.
@Suite struct `NAT-PMP` {
    private static let udp = NATPMPRequest.map(
        NATPMPMap(.udp, internalPort: 123, externalPort: 456, lifetime: 1200))
    private static let tcp = NATPMPRequest.map(
        NATPMPMap(.tcp, internalPort: 8080, externalPort: 8080, lifetime: 7200))
    private static let gone = NATPMPMap(.tcp, internalPort: 8080, externalPort: 0, lifetime: 0)
    private static let allGone = NATPMPMap(.udp, internalPort: 0, externalPort: 0, lifetime: 0)
    private static let other = NATPMPRequest.map(
        NATPMPMap(.udp, internalPort: 6000, externalPort: 6000, lifetime: 60))

    static let requests: [(String, NATPMPRequest)] = [
        ("request-n01", .externalAddress), ("request-n04", udp), ("request-n06", tcp),
        ("request-n08", .map(gone)), ("request-n10", .map(allGone)),
    ]

    @Test(arguments: requests)
    func `is read by a server as a client writes it`(name: String, request: NATPMPRequest) throws {
        let bytes = try Corpus.bytes("NATPMP", name)
        #expect(bytes.natPMPDatagram(epoch: 0) == .request(request))
        #expect(request.bytes == bytes)
        let longer = bytes + [1, 2, 3]
        #expect(longer.natPMPDatagram(epoch: 0) == .request(request))
    }

    static let responses: [(String, NATPMPRequest, NATPMPResponse)] = [
        (
            "response-n02", .externalAddress,
            NATPMPResponse(.externalAddress(IPv4Address(73, 140, 54, 154)), epoch: 1_307_215)
        ),
        (
            "response-n03", .externalAddress,
            NATPMPResponse(.refused(.networkFailure, .externalAddress), epoch: 60)
        ),
        (
            "response-n05", udp,
            NATPMPResponse(
                .mapped(NATPMPMap(.udp, internalPort: 123, externalPort: 456, lifetime: 1200)),
                epoch: 0x13feff)
        ),
        (
            "response-n07", tcp,
            NATPMPResponse(
                .mapped(NATPMPMap(.tcp, internalPort: 8080, externalPort: 40_123, lifetime: 3600)),
                epoch: 1000)
        ),
        ("response-n09", .map(gone), .deleted(gone, epoch: 1001)),
        ("response-n11", .map(allGone), .deleted(allGone, epoch: 1002)),
        (
            "response-n12", .map(gone),
            NATPMPResponse(.refused(.notAuthorized, .map(gone)), epoch: 1003)
        ),
        (
            "response-n17", .externalAddress,
            NATPMPResponse(.externalAddress(IPv4Address(203, 0, 113, 5)), epoch: 0)
        ),
        (
            "response-n18", other,
            NATPMPResponse(.refused(.outOfResources, other), epoch: 1005)
        ),
    ]

    @Test(arguments: responses)
    func `is read by a client as a server writes it`(
        name: String, request: NATPMPRequest, response: NATPMPResponse
    ) throws {
        let bytes = try Corpus.bytes("NATPMP", name)
        #expect(response.bytes == bytes)
        let expected: NATPMPAnswer =
            switch response.content {
            case .externalAddress(let address): .externalAddress(address, epoch: response.epoch)
            case .mapped(let map): .mapped(map, epoch: response.epoch)
            case .refused(let error, _): .refused(error, epoch: response.epoch)
            }
        #expect(bytes.natPMPAnswer(to: request) == expected)
    }

    @Test(arguments: responses)
    func `takes no answer for another's`(
        name: String, request: NATPMPRequest, response: NATPMPResponse
    ) throws {
        let bytes = try Corpus.bytes("NATPMP", name)
        for wrong in [bytes + [0], Array(bytes.dropLast()), Array(bytes.prefix(8))] {
            #expect(wrong.natPMPAnswer(to: request) == nil)
        }
        // Version, the bit of a response, the opcode; the internal port, where there is one.
        for place in [0, 1] + (bytes.count == 16 ? [8, 9] : []) {
            #expect(bytes.flipped(1, of: place).natPMPAnswer(to: request) == nil)
        }
        #expect(bytes.flipped(7, of: 1).natPMPAnswer(to: request) == nil)
        #expect(request.bytes.natPMPAnswer(to: request) == nil, "its own question")
    }

    static let silent = Corpus.all("NATPMP").filter { ["silent", "response"].contains($0.kind) }

    @Test func `is silent at what is too short, and at answers`() {
        #expect(Self.silent.count > 10)
        for file in Self.silent where file.bytes.count < 2 || file.bytes[1] != 0 {
            #expect(file.bytes.natPMPDatagram(epoch: 0) == .silence, "\(file.name)")
        }
        #expect([].natPMPDatagram(epoch: 0) == .silence)
    }

    @Test(arguments: [2, 4, 12, 11, 60])
    func `gives a request back whose opcode is unknown`(count: Int) throws {
        var request = try Corpus.bytes("NATPMP", "bad-n13").padded(to: count)
        request = Array(request.prefix(count))
        let response = try Corpus.bytes("NATPMP", "response-n14").padded(to: count)
        #expect(
            request.natPMPDatagram(epoch: 7)
                == .refused(.unsupportedOpcode, response: response))
    }

    @Test func `says which version it has`() throws {
        let response = try Corpus.bytes("NATPMP", "response-n15")
        for request: [UInt8] in [[3, 0], [3, 1, 0], PCPSample.map.bytes] {
            #expect(
                request.natPMPDatagram(epoch: 1004)
                    == .refused(.unsupportedVersion, response: response))
        }
        #expect([3, 0x80].natPMPDatagram(epoch: 1004) == .silence)
    }

    @Test func `is told to be unknown in several forms`() throws {
        let byTheLetter = try Corpus.bytes("NATPMP", "response-n15")
        let common = try Corpus.bytes("NATPMP", "response-n16")
        for bytes in [byTheLetter, common] {
            #expect(
                bytes.natPMPAnswer(to: .externalAddress)
                    == .refused(.unsupportedVersion, epoch: 1004))
        }
        #expect(common.natPMPAnswer(to: Self.tcp) == nil)
        let opcode: [UInt8] = [0, 0x82, 0, 5]
        for bytes in [opcode, opcode + Self.tcp.bytes.dropFirst(4)] {
            #expect(
                bytes.natPMPAnswer(to: Self.tcp)
                    == .refused(.unsupportedOpcode, epoch: nil))
            #expect(bytes.natPMPAnswer(to: Self.udp) == nil)
        }
    }

    @Test func `takes a number that it does not know for a failure`() throws {
        var bytes = try Corpus.bytes("NATPMP", "response-n18")
        bytes[3] = 9
        #expect(
            bytes.natPMPAnswer(to: Self.other) == .failed(code: 9, epoch: 1005))
    }

    @Test func `deletes one, or all of a protocol`() {
        #expect(Self.gone.isDeletion && !Self.gone.deletesAll)
        #expect(Self.allGone.isDeletion && Self.allGone.deletesAll)
        #expect(NATPMPTransport.allCases.map(\.transport) == [.udp, .tcp])
    }
}
