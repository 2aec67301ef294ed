/// What the device is called, everywhere where it is called something.
package struct IGDIdentity: Hashable, Sendable {
    /// Of the gateway, the WAN device and the WAN connection device: three that differ and stay.
    package var uuids: (gateway: String, wan: String, connection: String) {
        (gateway, wan, connection)
    }

    package var friendlyName: String
    package var manufacturer: String
    package var manufacturerURL: String
    package var modelDescription: String
    package var modelName: String
    package var modelNumber: String
    package var serialNumber: String
    /// Old Windows hides a device without one.
    package var presentationURL: String
    /// 0 to 16777215; another one whenever a description changes.
    package var configuration: UInt32

    private let gateway: String
    private let wan: String
    private let connection: String

    /// Nil unless the three differ and are UUIDs in lower case.
    package init?(
        gateway: String, wan: String, connection: String, friendlyName: String,
        manufacturer: String, manufacturerURL: String, modelDescription: String, modelName: String,
        modelNumber: String, serialNumber: String, presentationURL: String, configuration: UInt32
    ) {
        let uuids = [gateway, wan, connection]
        guard uuids.allSatisfy(UUIDText.isOne), Set(uuids).count == 3 else { return nil }
        (self.gateway, self.wan, self.connection) = (gateway, wan, connection)
        self.friendlyName = String(friendlyName.prefix(63))
        (self.manufacturer, self.manufacturerURL) = (manufacturer, manufacturerURL)
        (self.modelDescription, self.modelName) = (modelDescription, modelName)
        (self.modelNumber, self.serialNumber) = (modelNumber, serialNumber)
        (self.presentationURL, self.configuration) = (presentationURL, configuration & 0xff_ffff)
    }
}

/// A UUID as text: `8a6f3c10-0000-4000-8000-0242ac110001`.
enum UUIDText {
    static func isOne(_ text: some StringProtocol) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

/// The three devices, each inside the one before it.
package enum IGDDevice: String, Hashable, Sendable, CaseIterable {
    case gateway = "InternetGatewayDevice"
    case wan = "WANDevice"
    case connection = "WANConnectionDevice"

    static let start = "urn:schemas-upnp-org:device:"

    /// Each exists in both versions.
    package func urn(_ version: UInt8) -> String { "\(Self.start)\(rawValue):\(version)" }

    package func uuid(_ identity: IGDIdentity) -> String {
        switch self {
        case .gateway: identity.uuids.gateway
        case .wan: identity.uuids.wan
        case .connection: identity.uuids.connection
        }
    }
}

extension IGDService {
    /// The device that has it.
    package var device: IGDDevice {
        switch self {
        case .layer3Forwarding: .gateway
        case .wanCommonInterfaceConfig: .wan
        case .wanIPConnection, .wanPPPConnection, .wanIPv6FirewallControl: .connection
        }
    }
}

/// The services that are there; the first three always are.
package struct IGDOffer: Hashable, Sendable {
    package var includesPPP: Bool
    package var includesIPv6: Bool

    package init(includesPPP: Bool = false, includesIPv6: Bool = true) {
        (self.includesPPP, self.includesIPv6) = (includesPPP, includesIPv6)
    }

    package func contains(_ service: IGDService) -> Bool {
        switch service {
        case .layer3Forwarding, .wanCommonInterfaceConfig, .wanIPConnection: true
        case .wanPPPConnection: includesPPP
        case .wanIPv6FirewallControl: includesIPv6
        }
    }

    /// As a face shows them, in the order of the description.
    package func services(_ face: IGDFace) -> [IGDServiceType] {
        IGDService.allCases.filter(contains).compactMap(face.version)
    }
}
