import Addressing
import Glibc
import TestKit

/// What came of a request that a lab machine made of a server on another.
struct Visit: Hashable, CustomStringConvertible {
    /// The sender, as the server saw it.
    var seen: IPAddress
    /// Whether the server's answer came back to who had asked.
    var isAnswered: Bool

    var description: String { "seen as \(seen), \(isAnswered ? "answered" : "not answered")" }

    static func answered(seenAs address: String) -> Visit {
        Visit(seen: Sample.address(address), isAnswered: true)
    }
}

extension Wire {
    /// Asks this server once from another machine; nil when the request did not get here.
    func visit(
        _ transport: TransportProtocol, from host: Host, source: Endpoint? = nil,
        to destination: Endpoint
    ) async throws -> Visit? {
        let (question, answer): ([UInt8], [UInt8]) = ([1, 2, 3], [4, 5, 6, 7])
        guard transport == .udp else {
            let client = try await Wire.connected(
                transport, on: host, from: source, to: destination, within: 1500)
            guard let client, let accepted = try accept() else { return nil }
            try accepted.wire.send(answer)
            return Visit(
                seen: accepted.client.address, isAnswered: try client.receive() == answer)
        }
        let client = try await Wire.udp(on: host, from: source, to: destination)
        try client.send(question)
        guard let request = try receiveWithSource(within: 1500), let seen = request.source else {
            return nil
        }
        try send(answer, to: seen)
        return Visit(
            seen: seen.address,
            isAnswered: try request.bytes == question && client.receive() == answer)
    }
}

/// How a port behaves towards somebody who knocks.
enum Knock: Hashable {
    case answered
    /// An RST, or an ICMP error.
    case refused
    /// Nothing at all comes back for a fifth of a second.
    case silence
}

extension Host {
    /// Knocks once.
    ///
    /// A UDP port counts as answered only by a program that answers by itself.
    func knock(
        _ transport: TransportProtocol, from source: Endpoint? = nil, at destination: Endpoint
    ) async throws -> Knock {
        let anywhere = Sample.endpoint(destination.address.family == .v4 ? "0.0.0.0" : "::", 0)
        let wire = try await Wire.knock(
            on: self, transport, from: source ?? anywhere, to: destination)
        // On a thread of its own: several tests wait at the same time.
        return try await run { try wire.reaction(to: transport) }
    }
}

extension Wire {
    /// Waiting ends early only when something came: an answer, or an error.
    fileprivate func reaction(to transport: TransportProtocol) throws -> Knock {
        let (clock, limit) = (ContinuousClock(), Int32(200))
        let start = clock.now
        if try receive(within: limit) != nil { return .answered }
        if clock.now - start < .milliseconds(limit) { return .refused }
        guard transport != .udp else { return .silence }
        // On a connection that has not come about, nothing can be sent.
        do {
            try send([1])
            return .answered
        } catch let failure as Wire.Failure where failure.code == EAGAIN {
            return .silence
        }
    }
}
