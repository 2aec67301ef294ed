import Addressing
import Forwarding
import Wire

/// Requests of NAT-PMP.
extension PortControl {
    func natPMPReception(
        _ datagram: [UInt8], from caller: PortCaller, _ outside: Outside, _ seed: UInt64
    ) -> PortReception {
        switch NATPMPDatagram.read(datagram.span, epoch: outside.epoch) {
        case .silence: return .silence
        case .refused(_, let response): return .answer(response)
        case .request(.externalAddress): return .answer(outside.natPMPAnnouncement.bytes)
        case .request(.map(let map)):
            guard let ask = map.ask(from: caller, seed: seed) else {
                let refused = NATPMPResponse.Content.refused(.notAuthorized, .map(map))
                return .answer(NATPMPResponse(refused, epoch: outside.epoch).bytes)
            }
            return .question(ask, .natPMP(map))
        }
    }
}

extension Outside {
    /// The external address, as it is asked for and announced (RFC 6886 section 3.2).
    var natPMPAnnouncement: NATPMPResponse {
        let content = v4.map(NATPMPResponse.Content.externalAddress)
        return NATPMPResponse(
            content ?? .refused(.networkFailure, .externalAddress), epoch: epoch)
    }
}

extension NATPMPMap {
    /// Nil for what means nothing: port 0 inside is said only where all is deleted.
    fileprivate func ask(from caller: PortCaller, seed: UInt64) -> LeaseAsk? {
        let transport = transport.transport
        let asker = LeaseAsker(.natPMP, from: caller.source, on: caller.interface)
        if deletesAll { return .release(LeaseRelease(asker, .all(transport))) }
        guard let ports = PortRange(internalPort) else { return nil }
        guard !isDeletion else {
            return .release(LeaseRelease(asker, .internalPort(transport, internalPort)))
        }
        let request = LeaseRequest(
            asker, transport, ports: ports, external: externalPort,
            lifetime: lifetime, seed: seed)
        return .grant(request)
    }

    func response(to answer: LeaseAnswer, epoch: UInt32) -> NATPMPResponse {
        switch answer {
        case .released: return .deleted(self, epoch: epoch)
        case .refused(let denial): return refused(denial.natPMP, epoch)
        case .granted(let lease):
            guard lease.address != nil else { return refused(.networkFailure, epoch) }
            var map = self
            map.externalPort = lease.externalPort(towards: internalPort)
            map.lifetime = lease.lifetime
            return NATPMPResponse(.mapped(map), epoch: epoch)
        }
    }

    private func refused(_ error: NATPMPError, _ epoch: UInt32) -> NATPMPResponse {
        NATPMPResponse(.refused(error, .map(self)), epoch: epoch)
    }
}
