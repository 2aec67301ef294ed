import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `A router's answers` {
    private static let key = UpstreamKey(.tcp, 8443)
    private static let own = IPv4Address(192, 168, 1, 20)
    private static let nonce = MappingNonce(high: 7, low: 9)

    private static func request(
        _ wish: UpstreamWish, _ held: UpstreamGrant? = nil
    ) -> PCPRequest {
        PCPAsking.request(wish, held: held, nonce: nonce, own: own)
    }

    @Test(arguments: PCPError.allCases)
    func `every refusal of PCP keeps its number`(error: PCPError) {
        let request = Self.request(UpstreamWish(Self.key, externalPort: 8443))
        let response = PCPResponse(
            request.operation, result: .refused(error), lifetime: 30, epoch: 5)
        let expected: UpstreamFailure? = error == .addressMismatch ? .translatedBetween : nil
        #expect {
            try PCPAsking.grant(response, for: Self.key)
        } throws: { thrown in
            if let expected { return thrown as? UpstreamFailure == expected }
            guard case .refused(let refusal)? = thrown as? UpstreamFailure else { return false }
            return refusal.code == UInt16(error.rawValue) && refusal.dialect == .pcp
        }
    }

    @Test func `a grant of PCP says where the port is and for how long`() throws {
        let request = Self.request(UpstreamWish(Self.key, externalPort: 8443))
        let place = Endpoint(.v4(IPv4Address(192, 0, 3, 2)), 40_001)
        let grant = try PCPAsking.grant(
            request.granted(place, lifetime: 1_000_000, epoch: 5), for: Self.key)
        #expect(
            grant
                == UpstreamGrant(
                    Self.key, by: .pcp, address: IPv4Address(192, 0, 3, 2), port: 40_001,
                    lifetime: 86_400))
    }

    @Test(arguments: [(UInt16(0), UInt32(7200)), (8443, 0)])
    func `a grant of nothing is none`(port: UInt16, lifetime: UInt32) {
        let request = Self.request(UpstreamWish(Self.key, externalPort: 8443))
        let place = Endpoint(.v4(IPv4Address(192, 0, 3, 2)), port)
        #expect(throws: UpstreamFailure.unusable(.pcp)) {
            try PCPAsking.grant(
                request.granted(place, lifetime: lifetime, epoch: 5), for: Self.key)
        }
    }

    @Test func `a renewal suggests what is held, and an exact wish its own port`() {
        let held = UpstreamGrant(
            Self.key, by: .pcp, address: IPv4Address(192, 0, 3, 2), port: 40_001, lifetime: 7200)
        let wish = UpstreamWish(Self.key, externalPort: 8443)
        let renewal = Self.request(wish, held).operation.mapping?.external
        #expect(renewal == Endpoint(.v4(IPv4Address(192, 0, 3, 2)), 40_001))
        let exact = UpstreamWish(Self.key, externalPort: 8443, isExact: true)
        #expect(Self.request(exact, held).operation.mapping?.external.port == 8443)
        #expect(Self.request(wish).operation.mapping?.external.port == 8443)
    }

    @Test(arguments: NATPMPError.allCases)
    func `every refusal of NAT-PMP keeps its number`(error: NATPMPError) {
        #expect {
            try NATPMPAsking.grant(.refused(error, epoch: 1), for: Self.key, at: nil)
        } throws: { thrown in
            guard case .refused(let refusal)? = thrown as? UpstreamFailure else { return false }
            return refusal.code == error.rawValue && refusal.dialect == .natPMP
        }
    }

    @Test func `NAT-PMP cannot be asked for SCTP`() {
        let wish = UpstreamWish(UpstreamKey(.sctp, 9), externalPort: 9)
        #expect(NATPMPAsking.request(wish, held: nil) == nil)
    }

    static let faults: [(UInt16, UpstreamRefusal.Reason)] = [
        (606, .notAuthorized), (718, .portTaken), (728, .noResources), (724, .unsupported),
        (725, .other), (501, .other), (999, .other),
    ]

    @Test(arguments: faults)
    func `every fault of UPnP keeps its number`(code: UInt16, reason: UpstreamRefusal.Reason) throws
    {
        let type = try #require(IGDServiceType(.wanIPConnection, version: 1))
        let body = """
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>\
            <faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>\
            <UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>\(code)</errorCode>\
            <errorDescription>no</errorDescription></UPnPError></detail></s:Fault></s:Body>\
            </s:Envelope>
            """
        let reply = try SOAPReply(Array(body.utf8), to: .externalAddress(type))
        guard case .fault(let fault) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(
            UPnPAsking.failure(.refused(fault))
                == .refused(UpstreamRefusal(.upnp, code: code, reason)))
    }

    @Test(arguments: [(UInt32(0), UInt32(120)), (60, 120), (7200, 7200), (.max, 86_400)])
    func `no wish is for a moment, or for ever`(asked: UInt32, meant: UInt32) {
        #expect(UpstreamWish(Self.key, externalPort: 1, lifetime: asked).lifetime == meant)
    }
}

@Suite struct `Nonces of mappings` {
    /// Those of the authors' reference: the key 00 to 0f, the bytes from 00 on.
    static let vectors: [(UInt8, UInt64)] = [
        (0, 0x726f_db47_dd0e_0e31), (15, 0xa129_ca61_49be_45e5),
    ]

    @Test(arguments: vectors)
    func `the hash is SipHash-2-4`(count: UInt8, hash: UInt64) {
        let bytes = Array(0..<count)
        #expect(
            SipHash.hash(bytes, SipHash.Key(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)) == hash)
    }

    @Test func `they are the same again, and differ by mapping and machine`() throws {
        let text = String(repeating: "0123456789abcdef", count: 2)
        let nonces = try #require(UpstreamNonces(machine: text + "\n"))
        let other = try #require(UpstreamNonces(machine: text.replacing("a", with: "b")))
        let keys = [
            UpstreamKey(.tcp, 1), UpstreamKey(.udp, 1), UpstreamKey(.tcp, 2),
            UpstreamKey(.tcp, 256),
        ]
        let all = (keys.map(nonces.nonce) + keys.map(other.nonce))
        #expect(Set(all).count == 8)
        #expect(UpstreamNonces(machine: text + "\n") == nonces)
        #expect(UpstreamNonces(machine: "short") == nil)
        #expect("\(nonces)" == "(secret)")
    }
}
