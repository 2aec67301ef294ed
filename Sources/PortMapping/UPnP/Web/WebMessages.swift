import Addressing
import Wire

/// A request of HTTP as it came to one of our addresses.
struct WebRequest: Sendable {
    var method: String
    /// With the query, as it was sent.
    var target: String
    /// HTTP/1.0, whose clients may leave `Host` out.
    var isOld: Bool
    var head: MessageHead
    var body: [UInt8]
    var caller: UPnPCaller

    /// - Parameter fields: in the order in which they came.
    init(
        _ method: String, _ target: String, isOld: Bool = false,
        _ fields: [(name: String, value: String)], body: [UInt8] = [], from caller: UPnPCaller
    ) {
        (self.method, self.target, self.isOld) = (method, target, isOld)
        head = MessageHead("\(method) \(target) HTTP/1.\(isOld ? 0 : 1)", fields)
        (self.body, self.caller) = (body, caller)
    }

    var path: String { String(target.prefix { $0 != "?" }) }
}

struct WebResponse: Hashable, Sendable {
    var head: MessageHead
    var body: [UInt8]
    /// A subscription whose first event follows the response.
    var begins: GENASubscriptionID?

    init(_ head: MessageHead, body: [UInt8] = [], begins: GENASubscriptionID? = nil) {
        (self.head, self.body, self.begins) = (head, body, begins)
    }

    var bytes: [UInt8] { head.bytes + body }

    var status: Int { Int(head.start.split(separator: " ").dropFirst().first ?? "") ?? 0 }
}

/// Why a request is not looked at any further.
enum WebRefusal: Error, Hashable, Sendable {
    case badRequest, forbidden, notFound
    case notAllowed(String)
    case lengthRequired, tooLarge, expectation, headTooLarge, notImplemented, unavailable
    case preconditionFailed

    private var line: String {
        switch self {
        case .badRequest: "400 Bad Request"
        case .forbidden: "403 Forbidden"
        case .notFound: "404 Not Found"
        case .notAllowed: "405 Method Not Allowed"
        case .lengthRequired: "411 Length Required"
        case .preconditionFailed: "412 Precondition Failed"
        case .tooLarge: "413 Content Too Large"
        case .expectation: "417 Expectation Failed"
        case .headTooLarge: "431 Request Header Fields Too Large"
        case .notImplemented: "501 Not Implemented"
        case .unavailable: "503 Service Unavailable"
        }
    }

    func response(_ server: String) -> WebResponse {
        var fields = [
            (name: "Content-Length", value: "0"), (name: "Connection", value: "close"),
            (name: "Server", value: server),
        ]
        if case .notAllowed(let methods) = self { fields.append(("Allow", methods)) }
        return WebResponse(MessageHead("HTTP/1.1 \(line)", fields))
    }
}
