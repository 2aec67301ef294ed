package import Addressing

/// What a control point wants of the events of a service.
package enum GENARequest: Hashable, Sendable {
    /// Events go to `callback`, for `timeout` seconds unless it is renewed.
    case subscribe(callback: LocalURL, timeout: UInt32)
    case renew(GENASubscriptionID, timeout: UInt32)
    case cancel(GENASubscriptionID)

    package enum Method: String, Hashable, Sendable {
        case subscribe = "SUBSCRIBE"
        case unsubscribe = "UNSUBSCRIBE"
    }
}

/// Why it gets none.
package enum GENARefusal: UInt16, Error, Hashable, Sendable {
    /// Headers that exclude each other.
    case badRequest = 400
    /// No callback that may be called, another kind of notification, or no name of a subscription.
    case preconditionFailed = 412

    /// The status line of the HTTP answer.
    package var reason: String {
        switch self {
        case .badRequest: "Bad Request"
        case .preconditionFailed: "Precondition Failed"
        }
    }
}

/// The name of a subscription: `uuid:…`.
package struct GENASubscriptionID: Hashable, Sendable {
    package let text: String

    /// Nil unless it begins with `uuid:`, and goes on with a UUID.
    package init?(_ text: some StringProtocol) {
        let text = text.trimmingBlanks.lowercased()
        guard text.hasPrefix("uuid:"), UUIDText.isOne(text.dropFirst(5)) else { return nil }
        self.text = text
    }
}

extension GENARequest {
    /// Reads the headers of a request to an event URL.
    ///
    /// - Parameter peer: whose connection it came by.
    /// - Parameter own: the addresses of the gateway, to none of which events go.
    package static func read(
        _ method: Method, _ head: MessageHead, from peer: IPAddress,
        own: some Collection<IPAddress>
    ) throws(GENARefusal) -> GENARequest {
        guard let text = head["SID"] else {
            guard method == .subscribe else { throw .preconditionFailed }
            return try subscription(head, peer, own)
        }
        guard head["NT"] == nil, head["CALLBACK"] == nil else { throw .badRequest }
        guard let id = GENASubscriptionID(text) else { throw .preconditionFailed }
        guard method == .subscribe else { return .cancel(id) }
        return .renew(id, timeout: GENATimeout.seconds(head["TIMEOUT"]))
    }

    private static func subscription(
        _ head: MessageHead, _ peer: IPAddress, _ own: some Collection<IPAddress>
    ) throws(GENARefusal) -> GENARequest {
        guard head["NT"] == "upnp:event", let header = head["CALLBACK"],
            let callback = GENACallback.choose(header, for: peer, own: own)
        else { throw .preconditionFailed }
        return .subscribe(callback: callback, timeout: GENATimeout.seconds(head["TIMEOUT"]))
    }
}

/// `TIMEOUT`, in seconds.
package enum GENATimeout {
    package static let shortest: UInt32 = 1800
    package static let longest: UInt32 = 86_400

    /// What is granted for a wish; `infinite`, nothing and nonsense get the shortest.
    package static func seconds(_ header: String?) -> UInt32 {
        let text = (header ?? "").trimmingBlanks.lowercased()
        guard text.hasPrefix("second-"),
            let wish = UPnPNumber.read(text.dropFirst(7), as: UInt32.self)
        else { return shortest }
        return min(max(wish, shortest), longest)
    }

    package static func text(_ seconds: UInt32) -> String { "Second-\(seconds)" }
}
