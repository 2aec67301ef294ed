/// The document that says what the device has.
package struct DeviceDescription: Sendable {
    package var identity: IGDIdentity
    package var face: IGDFace
    package var offer: IGDOffer

    package init(_ identity: IGDIdentity, _ face: IGDFace, _ offer: IGDOffer) {
        (self.identity, self.face, self.offer) = (identity, face, offer)
    }

    package var bytes: [UInt8] {
        var writer = XMLWriter("<?xml version=\"1.0\"?>\r\n")
        writer.element(
            "root",
            [
                ("xmlns", "urn:schemas-upnp-org:device-1-0"),
                ("configId", "\(identity.configuration)"),
            ]
        ) { root in
            root.specVersion()
            device(.gateway, in: &root)
        }
        return writer.bytes + [13, 10]
    }

    /// The schema wants this order of elements.
    private func device(_ device: IGDDevice, in writer: inout XMLWriter) {
        writer.element("device") { element in
            element.element("deviceType", device.urn(face.rawValue))
            names(of: device, in: &element)
            element.element("UDN", "uuid:\(device.uuid(identity))")
            if device != .gateway { element.element("UPC", "000000000000") }
            element.element("serviceList") { list in
                for type in offer.services(face) where type.service.device == device {
                    service(type.service, type, in: &list)
                }
            }
            if let inner = device.inner {
                element.element("deviceList") { self.device(inner, in: &$0) }
            }
            if device == .gateway { element.element("presentationURL", identity.presentationURL) }
        }
    }

    private func names(of device: IGDDevice, in element: inout XMLWriter) {
        let isRoot = device == .gateway
        element.element("friendlyName", isRoot ? identity.friendlyName : device.rawValue)
        element.element("manufacturer", identity.manufacturer)
        if isRoot {
            element.element("manufacturerURL", identity.manufacturerURL)
            element.element("modelDescription", identity.modelDescription)
        }
        element.element("modelName", identity.modelName)
        guard isRoot else { return }
        element.element("modelNumber", identity.modelNumber)
        element.element("serialNumber", identity.serialNumber)
    }

    private func service(
        _ service: IGDService, _ type: IGDServiceType, in list: inout XMLWriter
    ) {
        list.element("service") { element in
            element.element("serviceType", type.urn)
            element.element("serviceId", service.id)
            element.element("SCPDURL", service.descriptionPath(face))
            element.element("controlURL", service.controlPath)
            element.element("eventSubURL", service.eventPath)
        }
    }
}

extension IGDDevice {
    fileprivate var inner: IGDDevice? {
        switch self {
        case .gateway: .wan
        case .wan: .connection
        case .connection: nil
        }
    }
}

extension XMLWriter {
    /// Of the device architecture: 1.1.
    mutating func specVersion() {
        element("specVersion") {
            $0.element("major", "1")
            $0.element("minor", "1")
        }
    }
}
