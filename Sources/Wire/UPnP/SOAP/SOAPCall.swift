/// What a control point calls, in the version of the service that it means.
package struct SOAPCall: Hashable, Sendable {
    package let type: IGDServiceType
    package let action: IGDAction
    /// One text for each input of the action, in its order.
    package let values: [String]

    /// The text of an argument; empty for one that the action does not have.
    package func value(_ name: String) -> String {
        let place = action.inputs.firstIndex { $0.name == name }
        return place.map { values[$0] } ?? ""
    }
}

/// What came to a control URL.
package enum SOAPRequest: Hashable, Sendable {
    case call(SOAPCall)
    /// The old way to ask for a state variable, on every control URL.
    case query(variable: String)
}

/// Why it is answered with an error.
package enum SOAPRefusal: Error, Hashable, Sendable {
    /// No document that anything can be done with: HTTP 400.
    case badRequest(XMLError?)
    /// An HTTP 500 with a fault in it.
    case fault(UPnPError)
}

extension SOAPRequest {
    static let controlNamespace = "urn:schemas-upnp-org:control-1-0"

    /// Reads what was posted to the control URL of a service.
    package static func read(
        _ body: [UInt8], _ header: SOAPActionHeader, at service: IGDService
    ) throws(SOAPRefusal) -> SOAPRequest {
        let element: XMLElement
        do throws(XMLError) {
            element = try SOAPEnvelope.content(body, limits: .request)
        } catch { throw .badRequest(error) }
        guard element.name.local == header.action else { throw .fault(.invalidAction) }
        if header.action == "QueryStateVariable", header.type == controlNamespace {
            guard let name = element["varName"]?.trimmed else { throw .fault(.invalidArguments) }
            return .query(variable: name)
        }
        guard let type = IGDServiceType(urn: header.type), type.service == service,
            isCompatible(element.namespace, with: service)
        else { throw .fault(.invalidAction) }
        return .call(try call(type, element))
    }

    /// Clients mix versions up, and some name no namespace; another service is none of that.
    private static func isCompatible(_ namespace: String?, with service: IGDService) -> Bool {
        guard let namespace, let type = IGDServiceType(urn: namespace) else { return true }
        return type.service == service
    }

    private static func call(
        _ type: IGDServiceType, _ element: XMLElement
    ) throws(SOAPRefusal) -> SOAPCall {
        switch type.action(element.name.local) {
        case .unknown: throw .fault(.invalidAction)
        case .notOffered: throw .fault(.optionalActionNotImplemented)
        case .offered(let action):
            var values: [String] = []
            for input in action.inputs { values.append(try value(of: input, type, element)) }
            return SOAPCall(type: type, action: action, values: values)
        }
    }

    /// Of an argument that is there twice the first counts.
    private static func value(
        of input: IGDArgument, _ type: IGDServiceType, _ element: XMLElement
    ) throws(SOAPRefusal) -> String {
        guard let variable = type.variable(input.variable) else { throw .fault(.invalidArguments) }
        let text = element[input.name]?.trimmed
        let value = text == nil || text == "" || text == "*" ? input.otherwise ?? text : text
        guard let value, variable.admits(value) else { throw .fault(.invalidArguments) }
        return value
    }
}
