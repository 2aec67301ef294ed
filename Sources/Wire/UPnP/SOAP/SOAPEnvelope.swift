/// What is around every call, every answer and every fault.
enum SOAPEnvelope {
    private static let namespace = "http://schemas.xmlsoap.org/soap/envelope/"
    private static let encoding = "http://schemas.xmlsoap.org/soap/encoding/"

    /// The first element in the body.
    static func content(_ bytes: [UInt8], limits: XMLLimits) throws(XMLError) -> XMLElement {
        let root = try XMLElement(parsing: bytes, limits: limits)
        guard root.name.local == "Envelope", let content = root["Body"]?.children.first else {
            throw .syntax
        }
        return content
    }

    static func document(_ content: (inout XMLWriter) -> Void) -> [UInt8] {
        var writer = XMLWriter("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n")
        writer.element(
            "s:Envelope", [("xmlns:s", namespace), ("s:encodingStyle", encoding)]
        ) { $0.element("s:Body") { content(&$0) } }
        return writer.bytes + [13, 10]
    }

    /// An element of a service, with arguments in it.
    static func message(_ name: String, _ namespace: String, _ arguments: [SOAPArgument])
        -> [UInt8]
    {
        document { body in
            body.element("u:\(name)", [("xmlns:u", namespace)]) { element in
                for argument in arguments { element.element(argument.name, argument.value) }
            }
        }
    }
}

package struct SOAPArgument: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }
}
