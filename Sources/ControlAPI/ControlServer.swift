package import Diagnosis
import Forwarding
package import Gateway
package import Hummingbird
package import Logging
import NIOCore

/// The HTTP API of the gateway on a Unix socket.
///
/// Whoever can open the socket may do everything: the file belongs to root and one group. The kernel says
/// who is at the other end, and that name goes into the record.
package struct ControlServer {
    private let gateway: Gateway
    private let survey: JourneySurvey
    private let doctor: DoctorSettings
    private let wan: WANSurvey
    private let devices: DeviceSurvey
    private let hub: EventHub
    private let answers = RememberedAnswers()

    /// The largest body that is read, in bytes: 60,000 forwards take about 10 MB.
    static let largestBody = 32 * 1024 * 1024

    package init(
        gateway: Gateway, survey: JourneySurvey = JourneySurvey(),
        doctor: DoctorSettings = DoctorSettings(), wan: WANSurvey = WANSurvey(servers: []),
        devices: DeviceSurvey = DeviceSurvey(), hub: EventHub
    ) {
        self.gateway = gateway
        self.survey = survey
        self.doctor = doctor
        self.wan = wan
        self.devices = devices
        self.hub = hub
    }

    /// - Parameter whenListening: called once the socket file exists.
    package func application(
        socket: String, log: Logger, whenListening: @escaping @Sendable () async -> Void
    ) -> some ApplicationProtocol {
        let router = Router(context: ControlContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: CallerMiddleware())
        router.add(middleware: IdempotencyMiddleware(answers: answers))
        MetricsRoutes(gateway: gateway).add(to: router)
        EventRoutes(gateway: gateway, hub: hub).add(to: router.group("v1"))
        ChoiceRoutes(gateway: gateway, survey: devices).add(to: router.group("v1"))
        ForwardRoutes(gateway: gateway).add(to: router.group("v1"))
        ReadingRoutes(gateway: gateway).add(to: router.group("v1"))
        FlowRoutes(gateway: gateway).add(to: router.group("v1"))
        LeaseRoutes(gateway: gateway).add(to: router.group("v1"))
        JourneyRoutes(gateway: gateway, survey: survey).add(to: router.group("v1"))
        DoctorRoutes(gateway: gateway, settings: doctor).add(to: router.group("v1"))
        WANRoutes(gateway: gateway, survey: wan).add(to: router.group("v1"))
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket), serverName: nil),
            onServerRunning: { _ in await whenListening() }, logger: log)
    }
}

/// What is known of a request besides its content.
package struct ControlContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let channel: any Channel
    var requester = Requester(name: "unknown", origin: .operator)

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    package var maxUploadSize: Int { ControlServer.largestBody }
}
