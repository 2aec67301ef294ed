import Addressing
import ControlAPI
import Forwarding

/// What the operator says of the API over TLS.
struct APISettings {
    /// Empty where it is off.
    var endpoints: [Endpoint]
    /// The operator's own certificate and key; nil for one that is made.
    var files: (certificate: String, key: String)?
    /// Further names in requests.
    var hosts: [String]
    /// Whether it may be served to the outside.
    var isForced: Bool

    /// - Parameter option: the command line's word wins.
    init(_ file: ConfigurationFile.API, option: [String]) throws {
        let places = try (option.isEmpty ? file.listen?.texts ?? [] : option).map(Self.endpoint)
        endpoints = places.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        hosts = try (file.hosts ?? []).map(Self.host)
        isForced = file.wan == "force"
        switch (file.certificate, file.key) {
        case (nil, nil): files = nil
        case (let certificate?, let key?): files = (certificate, key)
        case (nil, _): throw Self.refusal("certificate", "", .missing)
        case (_, nil): throw Self.refusal("key", "", .missing)
        }
    }

    /// `192.168.7.1:8444` or `[2001:db8::1]:8444`.
    private static func endpoint(_ text: String) throws -> Endpoint {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            port > 0, let address = address(text[..<colon])
        else {
            throw refusal(
                "listen", text, .syntax("is no address with a port, such as 192.168.7.1:8444"))
        }
        guard address.kind != .linkLocal, address.kind != .multicast else {
            throw refusal("listen", text, .syntax("is no address that a browser can be given"))
        }
        return Endpoint(address, port)
    }

    private static func address(_ text: Substring) -> IPAddress? {
        guard text.hasPrefix("["), text.hasSuffix("]") else {
            return IPv4Address(text).map(IPAddress.v4)
        }
        return IPv6Address(text.dropFirst().dropLast()).map(IPAddress.v6)
    }

    private static func host(_ text: String) throws -> String {
        guard let name = HostName(text) else {
            throw refusal("hosts", text, .syntax("is no host name"))
        }
        return "\(name)"
    }

    private static func refusal(_ key: String, _ value: String, _ problem: Problem) -> Refusal {
        Refusal(
            field: .file, value: value.isEmpty ? "api.\(key)" : "api.\(key) = \(value)",
            problem: problem)
    }

    /// Whether the outside reaches it, since nothing filters what is for the gateway itself.
    ///
    /// That is a WAN's address, all addresses, or one that the internet has a route to.
    static func isExposed(_ endpoint: Endpoint, in network: NetworkView) -> Bool {
        let address = endpoint.address
        return address.isAny || address.kind == .global || network.wanAddresses.contains(address)
    }
}
