import Wire

extension IGDIdentity {
    /// The names of this machine.
    ///
    /// Nil when the derived names are no UUIDs, which cannot be.
    init?(_ terms: UPnPTerms, isAlwaysFirst: Bool) {
        func name(_ device: IGDDevice) -> String { DerivedUUID.text(terms.secret, device.rawValue) }
        let gateway = name(.gateway)
        let digits = "\(terms.product) \(terms.version) \(isAlwaysFirst)".utf8
        self.init(
            gateway: gateway, wan: name(.wan), connection: name(.connection),
            friendlyName: terms.product, manufacturer: terms.product, manufacturerURL: "/",
            modelDescription: "Port-forwarding gateway", modelName: terms.product,
            modelNumber: terms.version, serialNumber: String(gateway.suffix(12)),
            presentationURL: IGDFace.two.descriptionPath,
            configuration: digits.reduce(5381) { $0 &* 33 &+ UInt32($1) })
    }
}
