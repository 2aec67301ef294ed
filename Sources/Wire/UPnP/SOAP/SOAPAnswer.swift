/// What a control point gets for its call; the bytes are the body.
package enum SOAPAnswer: Hashable, Sendable {
    case success(SOAPCall, outputs: IGDOutputs)
    case variable(String)
    case fault(UPnPError)

    /// Of the HTTP answer.
    package var status: UInt16 {
        if case .fault = self { 500 } else { 200 }
    }

    package var body: [UInt8] {
        switch self {
        case .success(let call, let outputs):
            SOAPEnvelope.message(
                "\(call.action.name)Response", call.type.urn,
                zip(call.action.outputs, outputs.values).map { SOAPArgument($0.name, $1) })
        case .variable(let value):
            SOAPEnvelope.message(
                "QueryStateVariableResponse", SOAPRequest.controlNamespace,
                [SOAPArgument("return", value)])
        case .fault(let error): Self.fault(error)
        }
    }

    private static func fault(_ error: UPnPError) -> [UInt8] {
        SOAPEnvelope.document { body in
            body.element("s:Fault") { fault in
                fault.element("faultcode", "s:Client")
                fault.element("faultstring", "UPnPError")
                fault.element("detail") { detail in
                    detail.element("UPnPError", [("xmlns", SOAPRequest.controlNamespace)]) {
                        $0.element("errorCode", "\(error.code)")
                        $0.element("errorDescription", error.description)
                    }
                }
            }
        }
    }
}
