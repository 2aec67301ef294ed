package import Addressing
package import LinuxKit

/// A STUN server over UDP (RFC 8489), with two addresses one of RFC 5780 as well.
///
/// Theory of operation. Each place has a socket bound to it, so that an answer comes from the place it
/// is to come from. One thread waits for all of them and for the bell that ends it; a datagram costs
/// some microseconds, and each source gets ten answers a second.
package final class ReflectionServer: Sendable {
    private let places: ReflectionPlaces
    private let sockets: [DatagramSocket]
    private let bell: Bell

    /// A place that the server cannot have.
    package struct Failure: Error, Hashable {
        package var place: Endpoint
        package var error: KernelError
    }

    /// Once this returns, requests wait to be answered.
    package init(_ places: ReflectionPlaces) throws(Failure) {
        self.places = places
        var sockets: [DatagramSocket] = []
        for place in places.all {
            do throws(KernelError) { sockets.append(try DatagramSocket(at: place)) } catch {
                throw Failure(place: place, error: error)
            }
        }
        self.sockets = sockets
        do throws(KernelError) { bell = try Bell() } catch {
            throw Failure(place: places.all[0], error: error)
        }
    }

    /// Answers until `stop`; call it on a thread that may wait.
    package func run() throws(KernelError) {
        var rates = SourceRates()
        while true {
            let ready = try DatagramSocket.readable(among: sockets, unless: bell)
            guard !ready.isEmpty else { return }
            let second = Self.second
            for place in ready { answer(at: place, &rates, second) }
        }
    }

    package func stop() { bell.ring() }

    /// Datagrams taken from one socket before the next has its turn.
    private static let turn = 64

    private func answer(at place: Int, _ rates: inout SourceRates, _ second: UInt64) {
        for _ in 0..<Self.turn {
            guard let (bytes, client) = sockets[place].receive() else { return }
            guard let reflection = places.reflection(of: bytes, from: client, at: place),
                rates.admit(client.address, at: second)
            else { continue }
            // What cannot be sent is lost, as any datagram may be.
            try? sockets[reflection.place].send(reflection.bytes, to: reflection.destination)
        }
    }

    private static let clock = ContinuousClock()
    private static let start = clock.now

    private static var second: UInt64 {
        UInt64(clamping: start.duration(to: clock.now).components.seconds)
    }
}
