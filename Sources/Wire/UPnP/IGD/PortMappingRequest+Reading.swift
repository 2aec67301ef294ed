import Addressing

extension PortMappingKey {
    init(_ call: SOAPCall) throws(UPnPError) {
        let remote = call.value("NewRemoteHost")
        guard let transport = TransportProtocol(upnpName: call.value("NewProtocol")) else {
            throw .invalidArguments
        }
        self.init(externalPort: call.number("NewExternalPort"), transport: transport)
        guard !remote.isEmpty else { return }
        // A host name is never looked up: what it stands for can change behind our back.
        guard let address = IPv4Address(remote) else { throw .invalidArguments }
        remoteHost = address == .any ? nil : address
    }
}

extension PortMappingRequest {
    private static let longestDescription = 64

    init(_ call: SOAPCall) throws(UPnPError) {
        key = try PortMappingKey(call)
        let client = call.value("NewInternalClient")
        internalClient = IPv4Address(client)
        guard client.isEmpty || internalClient != nil else { throw .invalidArguments }
        internalPort = call.number("NewInternalPort")
        guard internalPort != 0 else {
            throw call.type.version == 1 ? .invalidArguments : .wildCardNotPermittedInInternalPort
        }
        isEnabled = UPnPNumber.readBoolean(call.value("NewEnabled")) ?? true
        description = Self.plain(call.value("NewPortMappingDescription"))
        lease = call.number("NewLeaseDuration")
    }

    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.lazy.filter { !$0.isControl }
        return String(String.UnicodeScalarView(kept.prefix(longestDescription)))
    }
}

extension PortMappingRange {
    init(_ call: SOAPCall) throws(UPnPError) {
        let (first, last): (UInt16, UInt16) = (
            call.number("NewStartPort"), call.number("NewEndPort")
        )
        guard let transport = TransportProtocol(upnpName: call.value("NewProtocol")) else {
            throw .invalidArguments
        }
        guard first <= last else { throw .inconsistentParameters }
        (ports, self.transport) = (first...last, transport)
        includesOthers = UPnPNumber.readBoolean(call.value("NewManage")) ?? false
    }
}
