package import Addressing
internal import CLinux
import Glibc

/// The addresses of a name, and how long they hold.
package struct NameResolution: Hashable, Sendable {
    package var addresses: [IPAddress]
    /// Seconds.
    package var timeToLive: UInt32

    /// For answers that carry no time (the hosts file and the like).
    package static let assumedTimeToLive: UInt32 = 60

    /// Asks the configured name servers, then the machine's other means. Waits for the answer: call
    /// it on a thread that may.
    ///
    /// - Returns: nil when nobody could be asked; no addresses when the name has none.
    package static func resolve(_ name: HostName) -> NameResolution? {
        var (addresses, timeToLive, wasAnswered): ([IPAddress], UInt32, Bool) = ([], .max, false)
        for family in [AF_INET, AF_INET6] {
            var answer = Answer(family)
            let found = unsafe answer.ask { unsafe clinux_resolve(name.text, family, $0, $1, $2) }
            guard let found else { continue }
            wasAnswered = true
            addresses += found
            if !found.isEmpty { timeToLive = min(timeToLive, answer.timeToLive) }
        }
        if addresses.isEmpty {
            for family in [AF_INET, AF_INET6] {
                var answer = Answer(family)
                let found = unsafe answer.ask { memory, capacity, _ in
                    unsafe clinux_lookup(name.text, family, memory, capacity)
                }
                guard let found else { continue }
                wasAnswered = true
                addresses += found
            }
            timeToLive = assumedTimeToLive
        }
        return wasAnswered
            ? NameResolution(addresses: addresses, timeToLive: max(timeToLive, 1)) : nil
    }

    private struct Answer {
        private let width: Int
        private(set) var timeToLive: UInt32 = .max
        private static let capacity = 16

        init(_ family: Int32) { width = family == AF_INET ? 4 : 16 }

        mutating func ask(
            _ call: (UnsafeMutablePointer<UInt8>, Int32, UnsafeMutablePointer<UInt32>) -> Int32
        ) -> [IPAddress]? {
            var memory = [UInt8](repeating: 0, count: 16 * Self.capacity)
            // SAFETY: the call writes at most `capacity` addresses of 16 bytes and one number; both
            // variables outlive it.
            let found = unsafe call(&memory, Int32(Self.capacity), &timeToLive)
            guard found >= 0 else { return nil }
            return (0..<Int(found)).compactMap {
                IPAddress(octets: memory[(16 * $0)..<(16 * $0 + width)])
            }
        }
    }
}
