package import Addressing

/// What another router says to a question of ours.
package enum SOAPReply: Hashable, Sendable {
    /// In the order in which they came.
    case success([SOAPArgument])
    case fault(SOAPFault)
}

package struct SOAPFault: Hashable, Sendable {
    package let code: UInt16
    /// Text from outside, without control characters.
    package let text: String
    /// What the number means, when the service has it in its specification.
    package let meaning: UPnPError?
}

/// Why an answer cannot be used.
package enum SOAPReplyError: Error, Hashable, Sendable {
    case xml(XMLError)
    /// Neither an answer to the question nor a fault.
    case otherElement
    /// An argument is missing, or is nothing of its type.
    case argument(String)
    case refused(SOAPFault)
}

extension SOAPReply {
    /// - Parameter body: the body of the HTTP answer, with status 200 or 500.
    package init(_ body: [UInt8], to question: SOAPQuestion) throws(SOAPReplyError) {
        let element: XMLElement
        do throws(XMLError) {
            element = try SOAPEnvelope.content(body, limits: .answer)
        } catch { throw .xml(error) }
        switch element.name.local {
        case "\(question.action)Response":
            self = .success(element.children.map { SOAPArgument($0.name.local, $0.trimmed) })
        case "Fault": self = .fault(try Self.fault(element, question.type.service))
        default: throw .otherElement
        }
    }

    private static func fault(
        _ element: XMLElement, _ service: IGDService
    ) throws(SOAPReplyError) -> SOAPFault {
        let error = element["detail"]?["UPnPError"]
        guard let error, let text = error["errorCode"]?.text,
            let code = UPnPNumber.read(text, as: UInt16.self)
        else { throw .argument("errorCode") }
        let words = (error["errorDescription"]?.trimmed ?? "").unicodeScalars
        return SOAPFault(
            code: code, text: String(String.UnicodeScalarView(words.filter { !$0.isControl })),
            meaning: UPnPError(code: code, from: service))
    }

    /// The text of an argument; a fault becomes an error.
    package func value(_ name: String) throws(SOAPReplyError) -> String {
        switch self {
        case .fault(let fault): throw .refused(fault)
        case .success(let arguments):
            guard let found = arguments.first(where: { $0.name == name }) else {
                throw .argument(name)
            }
            return found.value
        }
    }

    package func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: String
    ) throws(SOAPReplyError) -> Number {
        guard let number: Number = UPnPNumber.read(try value(name)) else { throw .argument(name) }
        return number
    }

    /// For actions without outputs.
    package func confirm() throws(SOAPReplyError) {
        if case .fault(let fault) = self { throw .refused(fault) }
    }

    /// Of `GetExternalIPAddress`; nil when the router has none.
    package func externalAddress() throws(SOAPReplyError) -> IPv4Address? {
        let text = try value("NewExternalIPAddress")
        guard !text.isEmpty, text != "0.0.0.0" else { return nil }
        guard let address = IPv4Address(text) else { throw .argument("NewExternalIPAddress") }
        return address
    }

    /// Of `GetStatusInfo`: the connection and the seconds since it is there.
    package func status() throws(SOAPReplyError) -> (UPnPConnectionStatus, uptime: UInt32) {
        guard let status = UPnPConnectionStatus(rawValue: try value("NewConnectionStatus")) else {
            throw .argument("NewConnectionStatus")
        }
        return (status, try number("NewUptime"))
    }

    /// Of `AddAnyPortMapping`.
    package func reservedPort() throws(SOAPReplyError) -> UInt16 {
        try number("NewReservedPort")
    }

    /// Of `AddPinhole`.
    package func uniqueID() throws(SOAPReplyError) -> UInt16 {
        try number("UniqueID")
    }

    /// Of `GetFirewallStatus`: whether pinholes do anything, and may be made.
    package func firewall() throws(SOAPReplyError) -> (isEnabled: Bool, arePinholesAllowed: Bool) {
        (try boolean("FirewallEnabled"), try boolean("InboundPinholeAllowed"))
    }

    package func boolean(_ name: String) throws(SOAPReplyError) -> Bool {
        guard let value = UPnPNumber.readBoolean(try value(name)) else { throw .argument(name) }
        return value
    }

    /// Of `GetGenericPortMappingEntry`.
    package func genericEntry() throws(SOAPReplyError) -> PortMappingEntry {
        guard let transport = TransportProtocol(upnpName: try value("NewProtocol")) else {
            throw .argument("NewProtocol")
        }
        let remote = IPv4Address((try? value("NewRemoteHost")) ?? "")
        return try specificEntry(
            PortMappingKey(
                remoteHost: remote == .any ? nil : remote,
                externalPort: try number("NewExternalPort"), transport: transport))
    }

    /// Of `GetSpecificPortMappingEntry`, which does not repeat what was asked.
    package func specificEntry(_ key: PortMappingKey) throws(SOAPReplyError) -> PortMappingEntry {
        guard let client = IPv4Address(try value("NewInternalClient")) else {
            throw .argument("NewInternalClient")
        }
        return PortMappingEntry(
            key, to: client, try number("NewInternalPort"), isEnabled: try boolean("NewEnabled"),
            description: (try? value("NewPortMappingDescription")) ?? "",
            lease: (try? number("NewLeaseDuration")) ?? 0)
    }
}

extension PortMappingKey {
    var values: [String] {
        [remoteHost?.description ?? "", "\(externalPort)", transport.upnpName]
    }
}
