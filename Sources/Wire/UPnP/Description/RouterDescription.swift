/// What the description of another router says that it can do for us.
package struct RouterDescription: Hashable, Sendable {
    package struct Service: Hashable, Sendable {
        package let type: IGDServiceType
        package let control: LocalURL
    }

    /// Of its root device; text from outside, without control characters.
    package let name: String
    /// As they stand in the document, at whatever depth.
    package let services: [Service]

    /// - Parameter location: from where the document came; control URLs lead there or nowhere.
    package init(parsing bytes: [UInt8], from location: LocalURL) throws(XMLError) {
        let root = try XMLElement(parsing: bytes, limits: .description)
        guard root.name.local == "root", let device = root["device"] else { throw .syntax }
        let base = root["URLBase"].flatMap { location.resolving($0.text) } ?? location
        let words = (device["friendlyName"]?.trimmed ?? "").unicodeScalars
        name = String(String.UnicodeScalarView(words.filter { !$0.isControl }.prefix(64)))
        services = Self.services(in: device, base)
    }

    /// The services that map ports of IPv4, the newest first.
    package var connections: [Service] {
        services.filter(\.type.service.isConnection).sorted {
            $0.type.version > $1.type.version
        }
    }

    package var firewall: Service? {
        services.first { $0.type.service == .wanIPv6FirewallControl }
    }

    /// The depth is bounded by the reader.
    private static func services(in element: XMLElement, _ base: LocalURL) -> [Service] {
        element.children.flatMap { child in
            child.name.local == "service"
                ? service(child, base).map { [$0] } ?? [] : services(in: child, base)
        }
    }

    private static func service(_ element: XMLElement, _ base: LocalURL) -> Service? {
        guard let urn = element["serviceType"]?.trimmed, let type = IGDServiceType(urn: urn),
            let url = element["controlURL"]?.text, let control = base.resolving(url)
        else { return nil }
        return Service(type: type, control: control)
    }
}
