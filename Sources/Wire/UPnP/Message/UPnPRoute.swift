/// What is behind the method and the path of a request.
package enum UPnPRoute: Hashable, Sendable {
    case deviceDescription(IGDFace)
    case serviceDescription(IGDServiceType)
    /// The body is a call (`SOAPRequest`).
    case control(IGDService)
    case events(IGDService, GENARequest.Method)
}

/// Why there is nothing.
package enum UPnPRouteRefusal: Error, Hashable, Sendable {
    /// No path of ours: 404.
    case notFound
    /// 405, with what is for `Allow`.
    case notAllowed(allow: String)
    /// A method that nobody speaks here: 501.
    case notImplemented

    package var status: UInt16 {
        switch self {
        case .notFound: 404
        case .notAllowed: 405
        case .notImplemented: 501
        }
    }
}

extension UPnPRoute {
    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "M-POST", "SUBSCRIBE", "UNSUBSCRIBE",
    ]

    /// - Parameter path: without the query.
    package static func find(
        _ method: String, _ path: String, _ offer: IGDOffer
    ) throws(UPnPRouteRefusal) -> UPnPRoute {
        guard methods.contains(method) else { throw .notImplemented }
        if let document = document(path, offer) {
            guard method == "GET" || method == "HEAD" else { throw .notAllowed(allow: "GET, HEAD") }
            return document
        }
        if let service = IGDService(controlPath: path), offer.contains(service) {
            guard method == "POST" else { throw .notAllowed(allow: "POST") }
            return .control(service)
        }
        guard let service = IGDService(eventPath: path), offer.contains(service) else {
            throw .notFound
        }
        guard let method = GENARequest.Method(rawValue: method) else {
            throw .notAllowed(allow: "SUBSCRIBE, UNSUBSCRIBE")
        }
        return .events(service, method)
    }

    private static func document(_ path: String, _ offer: IGDOffer) -> UPnPRoute? {
        for face in IGDFace.allCases {
            if path == face.descriptionPath { return .deviceDescription(face) }
            let type = offer.services(face).first { $0.service.descriptionPath(face) == path }
            if let type { return .serviceDescription(type) }
        }
        return nil
    }
}
