import Addressing
import CLinux
import Glibc

@testable import Relay

/// A socket of this process, as the relay that runs in it has set it up.
struct OwnSocket {
    let descriptor: Int32

    private func option(_ level: Int32, _ name: Int32) -> Int32 {
        var (value, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        // SAFETY: the kernel writes one number into a variable that outlives the call.
        _ = unsafe getsockopt(descriptor, level, name, &value, &size)
        return value
    }

    var keepsAlive: Bool { option(SOL_SOCKET, SO_KEEPALIVE) == 1 }
    var userTimeout: Int32 { option(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT) }

    func setUserTimeout(milliseconds: Int32) {
        var value = milliseconds
        // SAFETY: the kernel reads one number of a variable that outlives the call.
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &value,
            socklen_t(MemoryLayout<Int32>.size))
    }
}

enum OwnSockets {
    /// The relay's socket towards a client; other labs have other ports.
    static func facing(_ client: Endpoint) -> [OwnSocket] {
        all.filter { $0.peer == client }.map(\.socket)
    }

    static func between(_ own: Endpoint, _ peer: Endpoint) -> [OwnSocket] {
        all.filter { $0.own == own && $0.peer == peer }.map(\.socket)
    }

    private static var all: [(socket: OwnSocket, own: Endpoint, peer: Endpoint)] {
        (Int32(3)..<4096).compactMap { descriptor in
            var (own, peer) = (clinux_endpoint(), clinux_endpoint())
            // SAFETY: each call writes one endpoint, into a variable that outlives it.
            guard unsafe clinux_own_end(descriptor, &own) >= 0,
                unsafe clinux_peer_end(descriptor, &peer) >= 0
            else { return nil }
            return (OwnSocket(descriptor: descriptor), own.endpoint, peer.endpoint)
        }
    }
}
