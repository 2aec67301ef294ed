import Addressing
import ControlModel
import Diagnosis
import Forwarding
import Gateway
import Hummingbird

/// What there is to choose from when a forward is made: devices inside, and services by their names.
struct ChoiceRoutes {
    let gateway: Gateway
    let survey: DeviceSurvey

    func add(to group: RouterGroup<ControlContext>) {
        group.get("devices", use: devices)
        group.get("services", use: services)
    }

    @Sendable private func devices(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let interfaces = await gateway.standing().network.insideInterfaces
        let (views, _) = try await gateway.forwards()
        let found = try survey.devices(on: interfaces)
        return try Views.Devices(
            devices: found.map { Views.Device($0, forwards: views) }
        ).response()
    }

    @Sendable private func services(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Services(services: ServiceCatalogue.all.map(Views.Service.init)).response()
    }
}

extension Views.Device {
    init(_ device: DeviceSurvey.Device, forwards: [Gateway.View]) {
        let mine = forwards.filter { view in
            guard case .inForce(let places) = view.state else { return false }
            return places.contains { device.addresses.contains($0) }
        }
        self.init(
            address: device.addresses[0].description,
            addresses: device.addresses.map(\.description), mac: device.mac.description,
            name: device.name, maker: device.maker, interface: device.interface.text,
            forwards: mine.map(\.forward.name.text))
    }
}

extension Views.Service {
    init(_ service: KnownService) {
        let risk: String? =
            switch service.risk {
            case .fine: nil
            case .allowList: "allow-list"
            case .never: "never"
            }
        let isFine = service.risk == .fine
        self.init(
            name: service.names[0], description: service.title,
            ports: service.ports.compactMap { entry in
                entry.range.map { "\($0)/\(entry.transports)" }
            }.joined(separator: ", "), risk: risk, reason: isFine ? nil : service.reason,
            instead: isFine ? nil : service.instead)
    }
}
