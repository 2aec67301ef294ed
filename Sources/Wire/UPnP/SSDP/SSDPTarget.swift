/// What is searched, and what is announced.
package enum SSDPTarget: Hashable, Sendable {
    case all
    case rootDevice
    /// Without `uuid:`, in lower case.
    case uuid(String)
    /// In the version that is asked for, which may be one that does not exist.
    case device(IGDDevice, version: UInt8)
    case service(IGDService, version: UInt8)
}

extension SSDPTarget {
    /// Nil for what no gateway has.
    package init?(_ text: some StringProtocol) {
        let text = text.trimmingBlanks
        switch text {
        case "ssdp:all": self = .all
        case "upnp:rootdevice": self = .rootDevice
        default:
            if text.hasPrefix("uuid:") {
                self = .uuid(text.dropFirst(5).lowercased())
            } else if let kind = Self.kind(text) {
                self = kind
            } else {
                return nil
            }
        }
    }

    private static func kind(_ text: String) -> SSDPTarget? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 5, let version = UPnPNumber.read(parts[4], as: UInt8.self) else {
            return nil
        }
        if text.hasPrefix(IGDDevice.start) {
            return IGDDevice(rawValue: String(parts[3])).map { .device($0, version: version) }
        }
        guard text.hasPrefix(IGDServiceType.start) else { return nil }
        return IGDService(rawValue: String(parts[3])).map { .service($0, version: version) }
    }

    package var text: String {
        switch self {
        case .all: "ssdp:all"
        case .rootDevice: "upnp:rootdevice"
        case .uuid(let uuid): "uuid:\(uuid)"
        case .device(let device, let version): device.urn(version)
        case .service(let service, let version):
            "\(IGDServiceType.start)\(service.rawValue):\(version)"
        }
    }
}

/// One thing that the device is: its type and its name.
package struct SSDPEntry: Hashable, Sendable {
    /// `ST` of an answer, `NT` of an announcement.
    package let target: SSDPTarget
    /// Of the device that has it.
    package let uuid: String

    package var usn: String {
        if case .uuid = target { return "uuid:\(uuid)" }
        return "uuid:\(uuid)::\(target.text)"
    }
}

/// What is there to be found.
package struct SSDPPresence: Sendable {
    package var identity: IGDIdentity
    package var face: IGDFace
    package var offer: IGDOffer

    package init(_ identity: IGDIdentity, _ face: IGDFace, _ offer: IGDOffer) {
        (self.identity, self.face, self.offer) = (identity, face, offer)
    }

    /// Everything once: three for the gateway, two for each device in it, one for each service.
    package var announcements: [SSDPEntry] {
        var found = [entry(.rootDevice, .gateway)]
        for device in IGDDevice.allCases {
            found.append(entry(.uuid(device.uuid(identity)), device))
            found.append(entry(.device(device, version: face.rawValue), device))
        }
        for type in offer.services(face) {
            let target = SSDPTarget.service(type.service, version: type.version)
            found.append(entry(target, type.service.device))
        }
        return found
    }

    /// What answers a search: nothing where a newer version is asked for than there is.
    ///
    /// An older one is answered as it was asked, and served so.
    package func answers(to target: SSDPTarget) -> [SSDPEntry] {
        switch target {
        case .all: return announcements
        case .rootDevice: return [entry(target, .gateway)]
        case .uuid(let uuid):
            let device = IGDDevice.allCases.first { $0.uuid(identity) == uuid }
            return device.map { [entry(target, $0)] } ?? []
        case .device(let device, let version):
            return (1...face.rawValue).contains(version) ? [entry(target, device)] : []
        case .service(let service, let version):
            guard let ours = face.version(of: service), offer.contains(service),
                (1...ours.version).contains(version)
            else { return [] }
            return [entry(target, service.device)]
        }
    }

    private func entry(_ target: SSDPTarget, _ device: IGDDevice) -> SSDPEntry {
        SSDPEntry(target: target, uuid: device.uuid(identity))
    }
}
