package import Addressing
import LinuxKit

/// `stun.example.net:3478`, or an address.
package struct STUNServer: Hashable, Sendable {
    package enum Host: Hashable, Sendable {
        case address(IPAddress)
        case name(HostName)
    }

    package var host: Host
    package var port: UInt16

    /// RFC 8489 section 18.6.
    private static let standardPort: UInt16 = 3478

    /// Nil when the text is neither a name nor an address, with or without a port.
    package init?(_ text: String) {
        let (name, port) = Self.parts(text)
        guard let number = port.map({ UInt16($0) }) ?? Self.standardPort, number != 0 else {
            return nil
        }
        if let address = IPAddress(name) {
            host = .address(address)
        } else if let name = HostName(name) {
            host = .name(name)
        } else {
            return nil
        }
        self.port = number
    }

    /// Its address; IPv4 before IPv6, as IPv4 is what is translated.
    ///
    /// Waits for the answer of the name servers: call it on a thread that may.
    func address() -> IPAddress? { addresses().first }

    /// One of each family that it has, IPv4 first.
    ///
    /// Waits, too.
    func addresses() -> [IPAddress] {
        switch host {
        case .address(let address): return [address]
        case .name(let name):
            let found = NameResolution.resolve(name)?.addresses ?? []
            return [AddressFamily.v4, .v6].compactMap { family in
                found.first { $0.family == family }
            }
        }
    }

    /// IPv6 addresses with a port stand in brackets (RFC 3986 section 3.2.2).
    private static func parts(_ text: String) -> (host: String, port: String?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            let host = String(text[text.index(after: text.startIndex)..<end])
            return (host, rest.isEmpty ? nil : rest.hasPrefix(":") ? String(rest.dropFirst()) : "")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : (text, nil)
    }
}

extension STUNServer: CustomStringConvertible {
    package var description: String {
        switch host {
        case .address(let address): Endpoint(address, port).description
        case .name(let name): "\(name.text):\(port)"
        }
    }
}
