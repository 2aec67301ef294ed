import Addressing
import Forwarding
import LinuxKit
import Wire

/// Finds out what the router in front speaks: all three protocols are asked at once.
///
/// Theory of operation. What is preferred and answers ends the search. What is less preferred waits a
/// moment for the better ones, which were asked before it. SSDP is sent to the group and to the router
/// itself: a firewall of this machine lets the answer to the second in.
struct UpstreamDiscovery: Sendable {
    let way: UpstreamWay
    let dialects: Set<MappingDialect>

    struct Found: Hashable, Sendable {
        var pcpEpoch: UInt32?
        var natPMP: NATPMPAnswer?
        var description: LocalURL?
        /// It said itself that it knows NAT-PMP alone.
        var lacksPCP = false

        func has(_ dialect: MappingDialect) -> Bool {
            switch dialect {
            case .pcp: pcpEpoch != nil
            case .natPMP: natPMP != nil
            case .upnp: description != nil
            }
        }
    }

    /// How long something better is waited for, in milliseconds; an answer of SSDP may take a second.
    private static func grace(_ dialect: MappingDialect) -> Int {
        switch dialect {
        case .pcp: 0
        case .natPMP: 300
        case .upnp: 1200
        }
    }

    func find() async throws(UpstreamFailure) -> Found {
        do throws(KernelError) {
            return try await KernelThread.run { () throws(KernelError) in try search() }
        } catch { throw .unasked(error.code) }
    }

    /// For several at a time.
    func result() async -> Result<Found, UpstreamFailure> {
        do throws(UpstreamFailure) { return .success(try await find()) } catch {
            return .failure(error)
        }
    }

    private func search() throws(KernelError) -> Found {
        let socket = try way.socket()
        let clock = ContinuousClock()
        var (found, end) = (Found(), clock.now)
        var settled: ContinuousClock.Instant?
        for wait in RouterTalk.waits {
            try send(by: socket)
            end += .milliseconds(wait)
            while !isEnough(found),
                let rest = clock.now.milliseconds(until: min(end, settled ?? end)),
                socket.isReadable(within: rest)
            {
                let before = found
                read(from: socket, &found)
                guard found != before, let best = best(found) else { continue }
                settled = clock.now + .milliseconds(Self.grace(best))
            }
            if isEnough(found) || settled.map({ $0 <= clock.now }) == true { break }
        }
        return found
    }

    private func best(_ found: Found) -> MappingDialect? {
        MappingDialect.allCases.first { dialects.contains($0) && found.has($0) }
    }

    private func isEnough(_ found: Found) -> Bool {
        guard let best = best(found) else { return false }
        return best
            == MappingDialect.allCases.first {
                dialects.contains($0) && !($0 == .pcp && found.lacksPCP)
            }
    }

    private var server: Endpoint { Endpoint(.v4(way.router), PCP.serverPort) }
    private var announce: PCPRequest { PCPRequest(.announce, client: .v4(way.own)) }

    /// That one of them cannot be sent (no route to the group, say) must not keep the others back; where
    /// none can, nobody was asked.
    private func send(by socket: DatagramSocket) throws(KernelError) {
        var (failure, isSent): (KernelError?, Bool) = (nil, false)
        for (bytes, place) in questions {
            do throws(KernelError) {
                try socket.send(bytes, to: place)
                isSent = true
            } catch { failure = failure ?? error }
        }
        if let failure, !isSent { throw failure }
    }

    private var questions: [([UInt8], Endpoint)] {
        var questions: [([UInt8], Endpoint)] = []
        if dialects.contains(.pcp) { questions.append((announce.bytes, server)) }
        if dialects.contains(.natPMP) {
            questions.append((NATPMPRequest.externalAddress.bytes, server))
        }
        guard dialects.contains(.upnp) else { return questions }
        for version: UInt8 in [2, 1] {
            let search = SSDPSearch(.device(.gateway, version: version), delay: 1)
            let bytes = search.bytes(to: .v4)
            questions.append((bytes, SSDPGroup.v4.endpoint))
            questions.append((bytes, Endpoint(.v4(way.router), SSDPGroup.port)))
        }
        return questions
    }

    private func read(from socket: DatagramSocket, _ found: inout Found) {
        while let (bytes, peer) = socket.receive() {
            guard peer.address == .v4(way.router) else { continue }
            guard peer.port != PCP.serverPort else {
                read(bytes, &found)
                continue
            }
            guard let news = SSDPNews(bytes), news.kind == .answer,
                case .device(.gateway, _) = news.target, let location = news.location,
                location.endpoint.address == .v4(way.router)
            else { continue }
            found.description = found.description ?? location
        }
    }

    private func read(_ bytes: [UInt8], _ found: inout Found) {
        switch PCPAnswer.read(bytes.span, to: announce) {
        // A refusal is an answer, too: there is a server of PCP.
        case .response(let response): found.pcpEpoch = response.epoch
        case .otherVersion(0, _): found.lacksPCP = true
        case .otherVersion, nil:
            guard let answer = NATPMPAnswer.read(bytes.span, to: .externalAddress) else { return }
            // Who knows PCP alone answers so.
            if case .refused(.unsupportedVersion, _) = answer { return }
            found.natPMP = answer
        }
    }
}
