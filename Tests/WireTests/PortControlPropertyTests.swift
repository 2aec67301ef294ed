import Addressing
import TestKit
import Testing
import Wire

@Suite struct `Any bytes to the port of PCP` {
    private static let pcp = Corpus.all("PCP")
    private static let natPMP = Corpus.all("NATPMP")

    @Test(arguments: Seed.batch(1500))
    func `get an answer that is no longer than they are, or none`(seed: Seed) {
        var gen = Gen(seed)
        let bytes = gen.pick(Self.pcp + Self.natPMP).bytes.mutated(&gen)
        let offer = PCPOffer(
            epoch: UInt32(gen.int(0...9)), peers: gen.oneIn(2), thirdParties: gen.oneIn(2))
        switch bytes.datagram(offer) {
        case .silence: #expect(bytes.count < 24 || bytes[1] >= 0x80)
        case .natPMP: checkNATPMP(bytes)
        case .refused(let error, let response):
            let padded = (bytes.count + 3) / 4 * 4
            #expect(response.count == min(max(padded, 24), 1100))
            #expect(response[..<4] == [2, bytes[1] | 0x80, 0, error.rawValue])
            #expect(response.datagram() == .silence, "an answer to an answer")
        case .request(let request): checkGrant(request, of: bytes, &gen)
        }
    }

    private func checkGrant(_ request: PCPRequest, of bytes: [UInt8], _ gen: inout Gen) {
        #expect(request.bytes.datagram(from: request.client) == .request(request))
        #expect(request.bytes.count <= bytes.count)
        let response = request.granted(
            gen.endpoint(), lifetime: 120, epoch: 9, portSet: request.options.portSet)
        #expect(response.bytes.count <= bytes.count, "it makes more of what it gets")
        #expect(
            response.bytes.pcpAnswer(to: request) == .response(response))
    }

    private func checkNATPMP(_ bytes: [UInt8]) {
        switch bytes.natPMPDatagram(epoch: 9) {
        case .silence: #expect(bytes[1] >= 0x80 || bytes.count < 12)
        case .refused(_, let response):
            #expect(response.count <= max(4, bytes.count) && bytes[1] >= 3)
            #expect(response.natPMPDatagram(epoch: 0) == .silence)
        case .request(let request):
            #expect(bytes.starts(with: [0, request.bytes[1]]))
            let refusal = NATPMPResponse(.refused(.notAuthorized, request), epoch: 9)
            #expect(
                refusal.bytes.natPMPAnswer(to: request)
                    == .refused(.notAuthorized, epoch: 9))
            // Ten bytes of address and time for a question, four of time for a mapping.
            #expect(refusal.bytes.count <= bytes.count + (request == .externalAddress ? 10 : 4))
        }
    }

    @Test(arguments: Seed.batch(500))
    func `are read by a client or left`(seed: Seed) {
        var gen = Gen(seed)
        let bytes = gen.pick(Self.pcp + Self.natPMP).bytes.mutated(&gen)
        if let response = bytes.pcpResponse() {
            #expect(response.bytes.pcpResponse() == response)
        }
        let request = gen.pcpRequest()
        _ = bytes.pcpAnswer(to: request)
        _ = bytes.natPMPAnswer(to: .externalAddress)
        let map = NATPMPMap(.tcp, internalPort: 8080, externalPort: 0, lifetime: 1)
        _ = bytes.natPMPAnswer(to: .map(map))
    }

    @Test(arguments: Seed.batch(500))
    func `are read again as they were written`(seed: Seed) {
        var gen = Gen(seed)
        let request = gen.pcpRequest()
        #expect(request.bytes.datagram(from: request.client) == .request(request))
        let error = gen.pick(PCPError.allCases)
        let refusal = error.response(to: request.bytes.span, epoch: 77)
        guard error != .unsupportedVersion else { return }
        #expect(
            refusal.pcpAnswer(to: request)
                == .response(
                    PCPResponse(
                        request.operation, result: .refused(error), lifetime: error.lifetime,
                        epoch: 77)))
    }
}

extension Gen {
    fileprivate mutating func address(_ family: AddressFamily) -> IPAddress {
        switch family {
        case .v4: .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: next())))
        case .v6: .v6(IPv6Address(high: next() | 1, low: next()))
        }
    }

    fileprivate mutating func endpoint() -> Endpoint {
        Endpoint(address(pick([.v4, .v6])), UInt16(int(1...65535)))
    }

    /// One that a server reads.
    fileprivate mutating func pcpRequest() -> PCPRequest {
        let family: AddressFamily = pick([.v4, .v6])
        let client = address(family)
        let thirdParty = oneIn(3) ? address(family) : nil
        let external = oneIn(3) ? endpoint() : Endpoint(address(family), 0)
        let map = PCPMap(
            nonce: MappingNonce(using: &self), protocolNumber: UInt8(int(1...255)),
            internalPort: UInt16(int(1...65535)), external: external)
        switch int(0...3) {
        case 0: return PCPRequest(.announce, lifetime: UInt32(int(0...9)), client: client)
        case 1:
            let remote = Endpoint(address(family), UInt16(int(1...65535)))
            return PCPRequest(
                .peer(PCPPeer(map, remote: remote)), lifetime: UInt32(int(0...9)), client: client,
                options: PCPOptions(thirdParty: thirdParty))
        default:
            let filters = (0..<int(0...3)).map { _ in filter(family) }
            return PCPRequest(
                .map(map), lifetime: UInt32(int(filters.isEmpty ? 0...9 : 1...9)), client: client,
                options: PCPOptions(
                    thirdParty: thirdParty, prefersFailure: oneIn(3), filters: filters,
                    portSet: oneIn(2) ? portSet(map.internalPort) : nil))
        }
    }

    private mutating func filter(_ family: AddressFamily) -> PCPFilter {
        let length = family == .v4 ? int(0...32) : int(1...128)
        let prefix = Prefix(containing: address(family), length: length)
        let remotes = PCPRemotes(prefix, port: oneIn(2) ? UInt16(int(1...65535)) : nil)
        return oneIn(5) ? .deleteAll : remotes.map(PCPFilter.allow) ?? .deleteAll
    }

    private mutating func portSet(_ first: UInt16) -> PCPPortSet? {
        PCPPortSet(
            size: UInt16(int(1...65535)), firstInternalPort: first, keepsParity: oneIn(2))
    }
}
