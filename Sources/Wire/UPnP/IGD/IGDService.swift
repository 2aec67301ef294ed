/// The services of an Internet Gateway Device that are spoken here.
package enum IGDService: String, Hashable, Sendable, CaseIterable {
    case layer3Forwarding = "Layer3Forwarding"
    case wanCommonInterfaceConfig = "WANCommonInterfaceConfig"
    case wanIPConnection = "WANIPConnection"
    case wanPPPConnection = "WANPPPConnection"
    case wanIPv6FirewallControl = "WANIPv6FirewallControl"

    package var newestVersion: UInt8 { self == .wanIPConnection ? 2 : 1 }

    package var newest: IGDServiceType { IGDServiceType(unchecked: self, newestVersion) }

    /// What a device description calls it.
    package var id: String { "urn:upnp-org:serviceId:\(idName)" }

    private var idName: String {
        switch self {
        case .layer3Forwarding: "L3Forwarding1"
        case .wanCommonInterfaceConfig: "WANCommonIFC1"
        case .wanIPConnection: "WANIPConn1"
        case .wanPPPConnection: "WANPPPConn1"
        case .wanIPv6FirewallControl: "WANIPv6Firewall1"
        }
    }

    private var pathName: String {
        switch self {
        case .layer3Forwarding: "L3F"
        case .wanCommonInterfaceConfig: "CmnIfCfg"
        case .wanIPConnection: "IPConn"
        case .wanPPPConnection: "PPPConn"
        case .wanIPv6FirewallControl: "IP6FCtl"
        }
    }

    package var controlPath: String { "/ctl/\(pathName)" }
    package var eventPath: String { "/evt/\(pathName)" }

    /// Where its own description is; each face of the device has one.
    package func descriptionPath(_ face: IGDFace) -> String {
        "\(face.pathPrefix)/\(pathName).xml"
    }

    package init?(controlPath: some StringProtocol) {
        guard let service = Self.allCases.first(where: { $0.controlPath == controlPath }) else {
            return nil
        }
        self = service
    }

    package init?(eventPath: some StringProtocol) {
        guard let service = Self.allCases.first(where: { $0.eventPath == eventPath }) else {
            return nil
        }
        self = service
    }

    /// Whether it maps ports of IPv4.
    package var isConnection: Bool { self == .wanIPConnection || self == .wanPPPConnection }
}

/// As which version of itself the device presents itself.
///
/// Windows and Xbox give up on a device that says 2.
package enum IGDFace: UInt8, Hashable, Sendable, CaseIterable {
    case one = 1
    case two = 2

    /// The face for a control point, by what it says of itself in `User-Agent`.
    package init(userAgent: String?) {
        let knowsOnlyOne = ["Microsoft", "FDSSDP"].contains { userAgent?.contains($0) == true }
        self = knowsOnlyOne ? .one : .two
    }

    var pathPrefix: String { self == .one ? "/igd1" : "" }

    package var descriptionPath: String { "\(pathPrefix)/rootDesc.xml" }

    /// The version of a service that it shows; nil where it has none of it.
    package func version(of service: IGDService) -> IGDServiceType? {
        guard service != .wanIPv6FirewallControl || self == .two else { return nil }
        return IGDServiceType(unchecked: service, min(service.newestVersion, rawValue))
    }
}

/// A service in a version that exists.
package struct IGDServiceType: Hashable, Sendable {
    package let service: IGDService
    package let version: UInt8

    package init?(_ service: IGDService, version: UInt8) {
        guard (1...service.newestVersion).contains(version) else { return nil }
        self.init(unchecked: service, version)
    }

    init(unchecked service: IGDService, _ version: UInt8) {
        (self.service, self.version) = (service, version)
    }

    static let start = "urn:schemas-upnp-org:service:"

    package var urn: String { "\(Self.start)\(service.rawValue):\(version)" }

    /// Nil for services and versions that are not spoken here.
    package init?(urn: some StringProtocol) {
        let parts = urn.split(separator: ":", omittingEmptySubsequences: false)
        guard urn.hasPrefix(Self.start), parts.count == 5,
            let service = IGDService(rawValue: String(parts[3])),
            let version = UPnPNumber.read(parts[4], as: UInt8.self)
        else { return nil }
        self.init(service, version: version)
    }
}
