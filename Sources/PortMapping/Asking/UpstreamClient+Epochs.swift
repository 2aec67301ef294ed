import Addressing
import Forwarding
import LinuxKit
import Wire

/// Whether the router still has what it had.
extension UpstreamClient {
    package func check() async {
        if found.has(.pcp) {
            _ = try? await response(to: PCPRequest(.announce, client: .v4(way.own)))
        } else if found.has(.natPMP) {
            _ = try? await answer(to: .externalAddress)
        }
    }

    /// What is said to all may be said by anybody, and in the other protocol than is spoken with us: after
    /// it the router itself is asked.
    package func hear(_ bytes: [UInt8]) async {
        if let response = PCPResponse(reading: bytes.span) {
            guard response.operation == .announce, response.result == .success else { return }
        } else {
            guard NATPMPAnswer.read(bytes.span, to: .externalAddress) != nil else { return }
        }
        guard now >= quietUntil else { return }
        quietUntil = now + Self.shortestQuiet
        await check()
    }

    /// In seconds: a router says it ten times, and a liar as often as it likes.
    private static let shortestQuiet: Int64 = 2

    private var now: Int64 { Int64(begin.duration(to: .now).components.seconds) }

    func note(_ response: PCPResponse) {
        if !pcpEpoch.keeps(response.epoch, at: now) { isLost = true }
    }

    func note(_ answer: NATPMPAnswer) {
        if let epoch = answer.epoch, !natPMPEpoch.keeps(epoch, at: now) { isLost = true }
        guard let address = answer.address else { return }
        // What is mapped is to be had at another address now.
        if let before = found.natPMP?.address, before != address { isLost = true }
        found.natPMP = answer
    }
}
