package import Addressing

/// The traffic that a pinhole lets in.
package struct PinholeFlow: Hashable, Sendable {
    /// Nil for every sender.
    package var remoteHost: IPv6Address?
    /// 0 for every port.
    package var remotePort: UInt16
    package var internalClient: IPv6Address
    package var internalPort: UInt16
    package var transport: TransportProtocol

    package init(
        remoteHost: IPv6Address? = nil, remotePort: UInt16 = 0, internalClient: IPv6Address,
        internalPort: UInt16, transport: TransportProtocol
    ) {
        (self.remoteHost, self.remotePort) = (remoteHost, remotePort)
        (self.internalClient, self.internalPort) = (internalClient, internalPort)
        self.transport = transport
    }

    /// In the order of the arguments of `AddPinhole`.
    var values: [String] {
        [
            remoteHost?.description ?? "", "\(remotePort)", internalClient.description,
            "\(internalPort)", "\(transport.rawValue)",
        ]
    }

    init(_ call: SOAPCall) throws(UPnPError) {
        let remote = call.value("RemoteHost")
        let client = call.value("InternalClient")
        guard !client.isEmpty, client != "*" else { throw .wildCardNotPermittedInPinholeSource }
        (remotePort, internalPort) = (call.number("RemotePort"), call.number("InternalPort"))
        guard internalPort != 0 else { throw .internalPortWildcardingNotAllowed }
        switch call.number("Protocol") as UInt16 {
        case 6: transport = .tcp
        case 17: transport = .udp
        case .max: throw .protocolWildcardingNotAllowed
        default: throw .protocolNotSupported
        }
        remoteHost = remote.isEmpty ? nil : IPv6Address(remote)
        guard let internalClient = IPv6Address(client), remote.isEmpty || remoteHost != nil else {
            throw .invalidArguments
        }
        self.internalClient = internalClient
    }
}

extension SOAPCall {
    /// What the type of the argument has let pass; 0 for an argument that the action does not have.
    func number<Number: FixedWidthInteger & UnsignedInteger>(_ name: String) -> Number {
        UPnPNumber.read(value(name)) ?? 0
    }
}
