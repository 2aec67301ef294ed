package import Addressing
internal import CLinux
import Glibc

/// The addresses of a name, and how long they hold.
package struct NameResolution: Hashable, Sendable {
    package var addresses: [IPAddress]
    /// Seconds.
    package var timeToLive: UInt32
    /// Families for which no server gave an answer, so that nothing is known of them.
    package var unanswered: Set<AddressFamily> = []

    /// For answers that carry no time (the hosts file and the like).
    package static let assumedTimeToLive: UInt32 = 60

    /// Looks into the hosts file, asks the configured name servers, then the machine's other means.
    ///
    /// Waits for the answer: call it on a thread that may.
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
        var resolution = NameResolution(addresses: [], timeToLive: .max)
        for family in AddressFamily.allCases {
            var answer = Answer(family.number)
            let found = unsafe answer.ask {
                // SAFETY: the text outlives the call, which writes where `ask` says.
                unsafe clinux_resolve(name.text, family.number, $0, $1, $2)
            }
            guard let found else {
                resolution.unanswered.insert(family)
                continue
            }
            resolution.addresses += found
            if !found.isEmpty {
                resolution.timeToLive = min(resolution.timeToLive, answer.timeToLive)
            }
        }
        resolution.timeToLive = max(resolution.timeToLive, 1)
        return resolution.unanswered.isEmpty || !resolution.addresses.isEmpty ? resolution : nil
    }

    /// Search domains, mDNS and what else the machine is set up for (`nsswitch.conf(5)`).
    private static func lookUp(_ name: HostName) -> NameResolution? {
        var addresses: [IPAddress] = []
        for family in AddressFamily.allCases {
            var answer = Answer(family.number)
            let found = unsafe answer.ask { memory, capacity, _ in
                // SAFETY: as above.
                unsafe clinux_lookup(name.text, family.number, memory, capacity)
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

extension AddressFamily {
    /// `AF_INET` or `AF_INET6`.
    fileprivate var number: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}
