import Addressing
import Forwarding

/// Small readers that several formats share; nil where the text is something else.
enum Reading {
    /// `80`, `80-90` or, with another separator, `80:90`; from 1 to 65535.
    static func ports(_ text: String, separator: Character = "-") -> PortRange? {
        let parts = text.parts(separator, atMost: 2)
        let numbers = parts.compactMap(port)
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last
        else { return nil }
        return PortRange(first, last)
    }

    static func port(_ text: String) -> UInt16? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt16(text)
    }

    /// An address with or without a length or an IPv4 mask; bits beyond the length are cut away.
    static func prefix(_ text: String) -> Prefix? {
        let parts = text.parts("/", atMost: 2)
        guard let address = IPAddress(parts[0]) else { return nil }
        guard parts.count == 2 else { return Prefix(address) }
        guard let length = length(parts[1]), length <= (address.family == .v4 ? 32 : 128) else {
            return nil
        }
        return Prefix(containing: address, length: length)
    }

    private static func length(_ text: String) -> Int? {
        if let port = port(text) { return Int(port) }
        guard let mask = IPv4Address(text) else { return nil }
        let length = (~mask.bits).leadingZeroBitCount
        let isMask = length == 32 || mask.bits == ~(UInt32.max >> UInt32(length))
        return isMask ? length : nil
    }

    /// `192.168.7.10:80`, `[2001:db8::10]:80`, `nas.lan:80`, or the same without ports.
    static func destination(_ text: String) -> Destination? {
        if let address = IPAddress(text) { return Destination(host: .address(address)) }
        if text.first == "[" {
            let parts = text.dropFirst().parts("]", atMost: 2)
            guard parts.count == 2, let address = IPAddress(parts[0]) else { return nil }
            return with(ports: parts[1], of: .address(address))
        }
        let parts = text.parts(":", atMost: 2)
        guard let host = ForwardSpelling.host(parts[0]) else { return nil }
        return with(ports: parts.count == 2 ? ":" + parts[1] : "", of: host)
    }

    private static func with(ports text: String, of host: TargetHost) -> Destination? {
        guard !text.isEmpty else { return Destination(host: host) }
        guard text.first == ":", let ports = ports(String(text.dropFirst())) else { return nil }
        return Destination(host: host, ports: ports)
    }

    /// `tcp`, `udp`, `sctp`, or the number of one.
    static func transport(_ text: String) -> TransportProtocol? {
        let text = text.lowercased()
        return TransportProtocol.allCases.first { $0.name == text || "\($0.rawValue)" == text }
    }
}
