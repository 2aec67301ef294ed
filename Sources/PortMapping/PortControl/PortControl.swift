import Addressing
import Forwarding
import Wire

/// What the server of PCP and NAT-PMP makes of a datagram that came to their common port.
///
/// It knows no mapping and no socket: what it cannot answer itself is a question for the desk.
struct PortControl: Hashable, Sendable {
    /// Whether PCP is spoken.
    var pcp: Bool
    var natPMP: Bool
    /// Whether a device may ask for another; which one may, the desk knows.
    var thirdParties: Bool

    /// Nil when neither protocol is to be spoken.
    init?(_ settings: MappingSettings) {
        pcp = settings.dialects.contains(.pcp)
        natPMP = settings.dialects.contains(.natPMP)
        thirdParties = settings.hasManagers
        guard pcp || natPMP else { return nil }
    }

    /// - Parameter seed: anything that nobody can foresee.
    func reception(_ datagram: [UInt8], from caller: PortCaller, _ outside: Outside, seed: UInt64)
        -> PortReception
    {
        guard pcp else { return natPMPReception(datagram, from: caller, outside, seed) }
        let offer = PCPOffer(epoch: outside.epoch, thirdParties: thirdParties)
        switch PCPDatagram.read(datagram.span, from: caller.source.address, offering: offer) {
        case .silence: return .silence
        case .refused(_, let response): return .answer(response)
        case .request(let request):
            return pcpReception(request, datagram, from: caller, outside, seed)
        case .natPMP:
            // NAT-PMP knows no IPv6 (RFC 6886 section 3.1).
            guard natPMP, caller.source.address.family == .v4 else {
                let error = PCPError.unsupportedVersion
                return .answer(error.response(to: datagram.span, epoch: outside.epoch))
            }
            return natPMPReception(datagram, from: caller, outside, seed)
        }
    }
}

/// Who sent a datagram, and where it came in.
struct PortCaller: Hashable, Sendable {
    var source: Endpoint
    var interface: InterfaceName
}

/// What is told of the outside without asking the desk.
struct Outside: Hashable, Sendable {
    /// Seconds for which mappings and external address have been known.
    var epoch: UInt32
    /// Any: devices are told a private one, too, since routers beyond may lead to it.
    var v4: IPv4Address?
}

/// What becomes of a datagram.
enum PortReception: Hashable, Sendable {
    case silence
    case answer([UInt8])
    case question(LeaseAsk, PortReply)

    var ask: LeaseAsk? {
        guard case .question(let ask, _) = self else { return nil }
        return ask
    }
}

/// How what the desk says goes back to who asked.
enum PortReply: Hashable, Sendable {
    case pcp(PCPRequest, datagram: [UInt8])
    case natPMP(NATPMPMap)

    func bytes(for answer: LeaseAnswer, epoch: UInt32) -> [UInt8] {
        switch self {
        case .pcp(let request, let datagram):
            do throws(PCPError) {
                return try request.response(to: answer, epoch: epoch).bytes
            } catch { return error.response(to: datagram.span, epoch: epoch) }
        case .natPMP(let map): return map.response(to: answer, epoch: epoch).bytes
        }
    }
}

extension GrantedLease {
    /// At which a port of the device's is reached from outside.
    func externalPort(towards inside: UInt16) -> UInt16 {
        let own = forward.externalPort(towards: inside)
        guard let frontPort else { return own }
        return frontPort &+ (own &- forward.external.ports.first)
    }
}
