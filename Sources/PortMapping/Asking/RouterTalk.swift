import Addressing
import Forwarding
import LinuxKit
import Wire

/// Questions to the port that PCP and NAT-PMP share.
struct RouterTalk: Sendable {
    let way: UpstreamWay

    /// Milliseconds after each time a question is sent: NAT-PMP's beginning (RFC 6886 section 3.1), and
    /// an end before whoever waits has lost patience.
    static let waits: [Int32] = [250, 500, 1000, 2000]

    /// Asks until an answer can be read; nil when none came.
    func ask<Answer: Sendable>(
        _ request: [UInt8], waits: [Int32] = waits,
        _ read: @escaping @Sendable ([UInt8]) -> Answer?
    ) async throws(UpstreamFailure) -> Answer? {
        do throws(KernelError) {
            return try await KernelThread.run { () throws(KernelError) in
                try exchange(request, waits, read)
            }
        } catch { throw .unasked(error.code) }
    }

    private var server: Endpoint { Endpoint(.v4(way.router), PCP.serverPort) }

    private func exchange<Answer>(
        _ request: [UInt8], _ waits: [Int32], _ read: ([UInt8]) -> Answer?
    ) throws(KernelError) -> Answer? {
        let socket = try way.socket()
        let clock = ContinuousClock()
        for wait in waits {
            try socket.send(request, to: server)
            let end = clock.now + .milliseconds(wait)
            while let rest = clock.now.milliseconds(until: end), socket.isReadable(within: rest) {
                while let (bytes, peer) = socket.receive() {
                    // Only from where it was asked (RFC 6887 section 8.3).
                    if peer == server, let answer = read(bytes) { return answer }
                }
            }
        }
        return nil
    }
}

extension UpstreamWay {
    /// A socket to ask by, held to the interface where that is allowed: before Linux 5.7 it is root's.
    func socket() throws(KernelError) -> DatagramSocket {
        let place = Endpoint(.v4(own), 0)
        do throws(KernelError) { return try DatagramSocket(at: place, on: interface) } catch {
            guard error.code == ErrorNumber.notPermitted else { throw error }
            return try DatagramSocket(at: place)
        }
    }
}

extension ContinuousClock.Instant {
    /// Nil when it is over.
    func milliseconds(until end: Self) -> Int32? {
        let left = self.duration(to: end) / .milliseconds(1)
        return left > 0 ? Int32(min(left, 60_000).rounded(.up)) : nil
    }
}
