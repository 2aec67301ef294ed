package import Addressing

/// How the parts of a forward are written on the command line, in files and in the API: one spelling
/// for all three, so that an error reads the same everywhere.
package enum ForwardSpelling {
    /// `8443/tcp`, `27015-27030/tcp+udp`; `all` for everything that reaches an address.
    package static func external(
        _ text: String
    ) throws(Refusal) -> (ports: PortRange, transports: Transports) {
        guard text.lowercased() != Transports.everything.rawValue else {
            return (.all, .everything)
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let ports: PortRange
        do throws(PortRangeError) { ports = try PortRange(parsing: parts[0]) } catch {
            throw Refusal(field: .external, value: text, problem: .external(error))
        }
        guard parts.count == 2 else {
            throw Refusal(field: .external, value: text, problem: .noTransport)
        }
        guard let transports = Transports(parts[1]) else {
            throw Refusal(field: .external, value: text, problem: .unknownTransport)
        }
        return (ports, transports)
    }

    /// `192.168.7.10:443`, `[2001:db8::10]:443`, `nas.lan:443`, `[02:00:00:00:00:01]:443`,
    /// `[::10/64]:443` (the device ::10 in the LAN's prefix), `[::10/64@br0]:443`,
    /// `unix:/run/app.sock`; without a port the external ports are kept.
    package static func target(
        _ text: String, external: PortRange, _ field: Refusal.Field = .to
    ) throws(Refusal) -> Target {
        if let path = try socketPath(text, field) {
            return Target(host: .unix(path), ports: external)
        }
        let (host, portText) = try split(text, field)
        guard let host = self.host(host) else {
            let isSuffix = host.contains("/") && host.contains(":")
            throw Refusal(field: field, value: text, problem: isSuffix ? .suffix : .target)
        }
        guard let portText else { return Target(host: host, ports: external) }
        do throws(PortRangeError) {
            return Target(host: host, ports: try PortRange(parsing: portText))
        } catch {
            throw Refusal(field: field, value: text, problem: .targetPorts(error))
        }
    }

    package static func host(_ text: String) -> TargetHost? {
        if let address = IPAddress(text) { return .address(address) }
        if let mac = MACAddress(text) { return .mac(mac) }
        if text.lowercased() == TargetHost.gateway.description { return .gateway }
        if let path = try? socketPath(text, .to) { return .unix(path) }
        if text.contains("/") { return suffix(text) }
        return HostName(text).map(TargetHost.name)
    }

    /// Nil for what is no Unix socket; `unix:443` is port 443 of a host called unix.
    private static func socketPath(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> SocketPath? {
        let scheme = "unix:"
        guard text.hasPrefix(scheme) else { return nil }
        let path = text.dropFirst(scheme.count)
        guard path.utf8.first.map({ (48...57).contains($0) }) != true else { return nil }
        guard let path = SocketPath(path) else {
            throw Refusal(field: field, value: text, problem: .relay(.socketPath))
        }
        return path
    }

    /// `::10/64`, `::10/64@br0`.
    private static func suffix(_ text: String) -> TargetHost? {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let identifier = InterfaceIdentifier(parts[0]) else { return nil }
        guard parts.count == 2 else { return .suffix(identifier, on: nil) }
        return InterfaceName(parts[1]).map { .suffix(identifier, on: $0) }
    }

    /// Splits at the last colon outside brackets.
    ///
    /// A text with several colons and no brackets is a bare IPv6 or hardware address.
    private static func split(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> (String, String?) {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw Refusal(field: field, value: text, problem: .target)
            }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard !rest.isEmpty else { return (host, nil) }
            guard rest.first == ":" else {
                throw Refusal(field: field, value: text, problem: .target)
            }
            return (host, String(rest.dropFirst()))
        }
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    package static func prefixes(
        _ texts: [String], _ field: Refusal.Field
    ) throws(Refusal) -> [Prefix] {
        var prefixes: [Prefix] = []
        for text in texts {
            do throws(PrefixError) { prefixes.append(try Prefix(parsing: text)) } catch {
                throw Refusal(field: field, value: text, problem: .prefix(error))
            }
        }
        return prefixes
    }

    package static func name(_ text: String) throws(Refusal) -> ForwardName {
        guard let name = ForwardName(text) else {
            throw Refusal(field: .name, value: text, problem: .name)
        }
        return name
    }

    package static func scope(on: String?, at: String?) throws(Refusal) -> ExternalSide.Scope {
        if let on, let at {
            throw Refusal(
                field: .on, value: "\(on)\" with \"\(at)", problem: .contradiction(with: .at))
        }
        if let on {
            guard let interface = InterfaceName(on) else {
                throw Refusal(field: .on, value: on, problem: .interface)
            }
            return .interface(interface)
        }
        guard let at else { return .everyWAN }
        guard let address = IPAddress(at) else {
            throw Refusal(field: .at, value: at, problem: .address)
        }
        return .address(address)
    }

    /// `90s`, `45m`, `2h`, `7d`, `1w`, or several in a row (`1h30m`): seconds.
    package static func duration(_ text: String) throws(Refusal) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
        let refusal = Refusal(field: .ends, value: text, problem: .duration)
        var (total, digits): (Int64, String) = (0, "")
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = units[character], let number = Int64(digits), digits.count <= 9 else {
                throw refusal
            }
            total += number * unit
            guard total <= longestDuration else { throw refusal }
            digits = ""
        }
        guard digits.isEmpty, total > 0 else { throw refusal }
        return total
    }

    /// Ten years; the kernel keeps time-outs in 64-bit milliseconds, people in their heads.
    package static let longestDuration: Int64 = 10 * 366 * 86400
}
