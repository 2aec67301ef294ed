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

    /// Looks into the hosts file, asks the configured name servers, then the machine's other means. Waits
    /// for the answer: call it on a thread that may.
    ///
    /// - Returns: nil when nobody could be asked; no addresses when the name has none.
    package static func resolve(_ name: HostName) -> NameResolution? {
        let listed = HostsFile.addresses(of: name)
        guard listed.isEmpty else {
            return NameResolution(addresses: listed, timeToLive: assumedTimeToLive)
        }
        guard let asked = askServers(name) else { return nil }
        return asked.addresses.isEmpty ? lookUp(name) : asked
    }

    private static func askServers(_ name: HostName) -> NameResolution? {
        var (addresses, timeToLive): ([IPAddress], UInt32) = ([], .max)
        for family in [AF_INET, AF_INET6] {
            var answer = Answer(family)
            let found = unsafe answer.ask { unsafe clinux_resolve(name.text, family, $0, $1, $2) }
            // One family without an answer: the picture would be half, and be taken for the whole.
            guard let found else { return nil }
            addresses += found
            if !found.isEmpty { timeToLive = min(timeToLive, answer.timeToLive) }
        }
        return NameResolution(addresses: addresses, timeToLive: max(timeToLive, 1))
    }

    /// Search domains, mDNS and what else the machine is set up for (`nsswitch.conf(5)`).
    private static func lookUp(_ name: HostName) -> NameResolution? {
        var addresses: [IPAddress] = []
        for family in [AF_INET, AF_INET6] {
            var answer = Answer(family)
            let found = unsafe answer.ask { memory, capacity, _ in
                unsafe clinux_lookup(name.text, family, memory, capacity)
            }
            addresses += found ?? []
        }
        return NameResolution(addresses: addresses, timeToLive: assumedTimeToLive)
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
