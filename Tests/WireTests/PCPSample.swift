import Addressing
import TestKit
import Wire

/// The messages of the vectors as values.
enum PCPSample {
    static let device = Sample.address("192.168.1.10")
    static let nonce = MappingNonce(high: 0x1011_1213_1415_1617, low: 0x1819_1a1b)
    static let nowhere = Sample.endpoint("0.0.0.0", 0)

    static func mapping(
        _ number: UInt8, _ port: UInt16, _ external: Endpoint = nowhere
    ) -> PCPMap {
        PCPMap(nonce: nonce, protocolNumber: number, internalPort: port, external: external)
    }

    static func request(
        _ map: PCPMap, _ lifetime: UInt32 = 7200, _ options: PCPOptions = .none
    ) -> PCPRequest {
        PCPRequest(.map(map), lifetime: lifetime, client: device, options: options)
    }

    static func remotes(_ prefix: String, _ port: UInt16? = nil) -> PCPFilter {
        PCPRemotes(Sample.prefix(prefix), port: port).map(PCPFilter.allow) ?? .deleteAll
    }

    static func portSet(_ size: UInt16) -> PCPPortSet? {
        PCPPortSet(size: size, firstInternalPort: 6000)
    }

    /// T1.
    static let map = request(mapping(6, 8080, Sample.endpoint("0.0.0.0", 8080)))
    /// T4.
    static let deletion = request(mapping(6, 8080), 0)
    /// T6.
    static let announce = PCPRequest(.announce, client: device)
    /// T9.
    static let strict = request(
        mapping(6, 8080, Sample.endpoint("203.0.113.5", 443)), 7200,
        PCPOptions(prefersFailure: true))
    /// T12.
    static let forAnother = request(
        mapping(6, 22, Sample.endpoint("0.0.0.0", 22)), 3600,
        PCPOptions(thirdParty: Sample.address("192.168.1.99")))
    /// T14.
    static let peer = PCPRequest(
        .peer(PCPPeer(mapping(6, 50_000), remote: Sample.endpoint("198.51.100.7", 443))),
        lifetime: 3600, client: device)
    /// T16.
    static let pinhole = PCPRequest(
        .map(mapping(17, 5000, Sample.endpoint("::", 0))), lifetime: 7200,
        client: Sample.address("2001:db8:1::10"))
    /// T18.
    static let ports = request(
        mapping(17, 6000, Sample.endpoint("0.0.0.0", 6000)), 7200,
        PCPOptions(portSet: portSet(4)))

    /// T11, with other filters.
    static func filtered(_ filters: [PCPFilter]) -> PCPRequest {
        request(
            mapping(17, 51_820, Sample.endpoint("0.0.0.0", 51_820)), 3600,
            PCPOptions(filters: filters))
    }
}

extension [UInt8] {
    /// As a server reads it that offers everything.
    func datagram(
        from source: IPAddress = PCPSample.device,
        _ offer: PCPOffer = PCPOffer(epoch: 0, thirdParties: true)
    ) -> PCPDatagram {
        PCPDatagram.read(span, from: source, offering: offer)
    }

    /// The request in it, or none.
    func request(from source: IPAddress = PCPSample.device) -> PCPRequest? {
        guard case .request(let request) = datagram(from: source) else { return nil }
        return request
    }

    func pcpResponse() -> PCPResponse? { PCPResponse(reading: span) }

    func pcpAnswer(to request: PCPRequest) -> PCPAnswer? { PCPAnswer.read(span, to: request) }

    func natPMPDatagram(epoch: UInt32 = 0) -> NATPMPDatagram {
        NATPMPDatagram.read(span, epoch: epoch)
    }

    func natPMPAnswer(to request: NATPMPRequest) -> NATPMPAnswer? {
        NATPMPAnswer.read(span, to: request)
    }

    /// Why it is refused, or nil when it is not.
    func refusal(from source: IPAddress = PCPSample.device) -> PCPError? {
        guard case .refused(let error, _) = datagram(from: source) else { return nil }
        return error
    }
}
