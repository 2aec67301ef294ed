package import Diagnosis
import Forwarding
package import Gateway
package import Hummingbird
import HummingbirdTLS
package import Logging
import NIOCore

/// The HTTP API of the gateway: on a Unix socket, and over TLS where that is wanted.
///
/// Whoever can open the socket may do everything: the file belongs to root and one group. The kernel says
/// who is at the other end, and that name goes into the record. Over the network nobody may do anything
/// without a token or a session (`Callers`). The routes are the same.
package struct ControlServer {
    private let gateway: Gateway
    private let doorkeeper: Doorkeeper
    private let listeners: ListenerFacts
    private let survey: JourneySurvey
    private let doctor: DoctorSettings
    private let wan: WANSurvey
    private let devices: DeviceSurvey
    private let hub: EventHub
    private let settings: SettingsBoard
    private let answers = RememberedAnswers()

    /// The largest body that is read, in bytes: 60,000 forwards take about 10 MB.
    static let largestBody = 32 * 1024 * 1024
    /// The same of callers that nobody knows: a password and a code.
    static let largestAnonymousBody = 4096

    package init(
        gateway: Gateway, doorkeeper: Doorkeeper, listeners: ListenerFacts = ListenerFacts(),
        survey: JourneySurvey = JourneySurvey(), doctor: DoctorSettings = DoctorSettings(),
        wan: WANSurvey = WANSurvey(servers: []), devices: DeviceSurvey = DeviceSurvey(),
        hub: EventHub, settings: SettingsBoard
    ) {
        self.gateway = gateway
        self.doorkeeper = doorkeeper
        self.listeners = listeners
        self.survey = survey
        self.doctor = doctor
        self.wan = wan
        self.devices = devices
        self.hub = hub
        self.settings = settings
    }

    /// - Parameter whenListening: called once the socket file exists.
    package func application(
        socket: String, log: Logger, whenListening: @escaping @Sendable () async -> Void
    ) -> some ApplicationProtocol {
        let router = Router(context: ControlContext.self)
        router.add(middleware: SecurityHeaders(insistsOnTLS: false))
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: SocketCallerMiddleware())
        addRoutes(to: router)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket), serverName: nil),
            onServerRunning: { _ in await whenListening() }, logger: log)
    }

    /// - Parameter whenListening: called once connections are accepted.
    package func application(
        at place: ListenerFacts.Place, as identity: TLSIdentity, log: Logger,
        whenListening: @escaping @Sendable () async -> Void
    ) throws -> some ApplicationProtocol {
        let router = Router(context: ControlContext.self)
        router.add(middleware: SecurityHeaders(insistsOnTLS: !identity.isOwn))
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: HostMiddleware(hosts: listeners.hosts))
        router.add(middleware: NetworkCallerMiddleware(doorkeeper: doorkeeper))
        addRoutes(to: router)
        return Application(
            router: router,
            server: try .tls(
                .http1(configuration: ClientLimits.http(listeners.sources)),
                tlsConfiguration: identity.configuration),
            configuration: ApplicationConfiguration(
                address: .hostname(place.host, port: place.port), serverName: nil,
                availableConnectionsDelegate: .maximum(ClientLimits.connections, logger: log)),
            onServerRunning: { _ in await whenListening() }, logger: log)
    }

    private func addRoutes(to router: Router<ControlContext>) {
        router.add(middleware: PermissionMiddleware())
        router.add(middleware: IdempotencyMiddleware(answers: answers))
        PageRoutes().add(to: router)
        DocumentRoutes().add(to: router.group("v1"))
        MetricsRoutes(gateway: gateway).add(to: router)
        EventRoutes(gateway: gateway, hub: hub, doorkeeper: doorkeeper).add(to: router.group("v1"))
        ChoiceRoutes(gateway: gateway, survey: devices).add(to: router.group("v1"))
        SessionRoutes(doorkeeper: doorkeeper, listeners: listeners).add(to: router.group("v1"))
        TokenRoutes(doorkeeper: doorkeeper, gatewayName: listeners.machine)
            .add(to: router.group("v1"))
        settings.add(to: router.group("v1"))
        ForwardRoutes(gateway: gateway).add(to: router.group("v1"))
        ReadingRoutes(gateway: gateway).add(to: router.group("v1"))
        FlowRoutes(gateway: gateway).add(to: router.group("v1"))
        LeaseRoutes(gateway: gateway).add(to: router.group("v1"))
        JourneyRoutes(gateway: gateway, survey: survey).add(to: router.group("v1"))
        DoctorRoutes(gateway: gateway, settings: doctor).add(to: router.group("v1"))
        WANRoutes(gateway: gateway, survey: wan).add(to: router.group("v1"))
    }
}

/// What is known of a request besides its content.
package struct ControlContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let channel: any Channel
    var caller = Caller.nobody
    /// The address that it came from; nil for the socket.
    var source: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// As the record names the caller.
    var requester: Requester { caller.requester(from: source) }

    /// In bytes.
    var largestBody: Int {
        caller.scope == nil ? ControlServer.largestAnonymousBody : ControlServer.largestBody
    }

    package var maxUploadSize: Int { largestBody }
}
