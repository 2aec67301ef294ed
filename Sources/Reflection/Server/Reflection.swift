package import Addressing
import Wire

/// What a STUN server sends for a datagram that it got.
package struct Reflection: Hashable, Sendable {
    package var bytes: [UInt8]
    /// Which of the server's places it comes from.
    package var place: Int
    package var destination: Endpoint
}

extension ReflectionPlaces {
    /// What is sent for `bytes` from `client`, which came in at a place; nil for nothing.
    package func reflection(of bytes: [UInt8], from client: Endpoint, at place: Int) -> Reflection?
    {
        guard Self.mayBeAnswered(client), let request = STUNBindingRequest(bytes) else {
            return nil
        }
        let destination = Endpoint(client.address, request.responsePort ?? client.port)
        guard Self.mayBeAnswered(destination) else { return nil }
        let notUnderstood =
            request.notUnderstood + (isWhole ? [] : request.discoveryAttributes)
        guard notUnderstood.isEmpty else {
            let refusal = STUNBindingAnswer.refused(
                code: STUNBindingAnswer.unknownAttribute, notUnderstood: notUnderstood)
            return Reflection(bytes: refusal.bytes(to: request), place: place, destination: client)
        }
        // Together they would send much to somebody who may not have asked (RFC 5780 section 7.6).
        guard request.padding == nil || request.responsePort == nil else {
            let refusal = STUNBindingAnswer.refused(code: STUNBindingAnswer.badRequest)
            return Reflection(bytes: refusal.bytes(to: request), place: place, destination: client)
        }
        let origin = index(from: place, request.change ?? [])
        let answer = STUNBindingAnswer.seen(sighting(of: client, askedAt: place, from: origin))
        return Reflection(
            bytes: answer.bytes(to: request, openly: isWhole), place: origin,
            destination: destination)
    }

    /// With one place no more than the address is said: what is sent stays short.
    private func sighting(of client: Endpoint, askedAt place: Int, from origin: Int)
        -> STUNSighting
    {
        guard isWhole else { return STUNSighting(client) }
        return STUNSighting(
            client, origin: all[origin], other: all[index(from: place, [.address, .port])])
    }

    /// Ports that nothing is sent to.
    ///
    /// What answers to whatever comes (echo, quote, chargen) would keep the server busy for ever; DNS,
    /// NTP and SSDP are what forged requests are sent in the name of.
    private static let forbiddenPorts: Set<UInt16> = [0, 7, 17, 19, 53, 123, 1900]

    private static func mayBeAnswered(_ client: Endpoint) -> Bool {
        guard !forbiddenPorts.contains(client.port) else { return false }
        switch client.address {
        // 240.0.0.0/4 holds the broadcast address.
        case .v4(let v4): return !v4.isMulticast && !v4.isReserved && !v4.isUnspecified
        case .v6(let v6): return !v6.isMulticast && !v6.isUnspecified && !v6.isV4Mapped
        }
    }
}
