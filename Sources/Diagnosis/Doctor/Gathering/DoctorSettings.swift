package import Addressing
package import Netfilter

/// What the doctor has to be told.
package struct DoctorSettings: Hashable, Sendable {
    /// Which bits of the connection mark are ours.
    package var mask: MarkMask
    /// Who says how the WAN is seen from outside; nil to ask nobody.
    package var stun: STUNServer?

    package init(mask: MarkMask = .standard, stun: STUNServer? = nil) {
        self.mask = mask
        self.stun = stun
    }
}

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
