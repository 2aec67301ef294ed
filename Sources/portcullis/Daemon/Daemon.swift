import ControlAPI
import ControlModel
import Diagnosis
import Forwarding
import FoundationEssentials
import Gateway
import Hummingbird
import LinuxKit
import Logging
import Netfilter
import PortMapping
import Relay
import ServiceLifecycle
import Storage
import UnixSignals

/// Puts the gateway together and runs it until it is told to end.
///
/// What runs: the HTTP server on its socket; the gateway's clock; the watch of the network, whose thread
/// feeds a stream; the wait for SIGHUP. Each is a service; they end in the reverse order.
struct Daemon {
    let settings: DaemonSettings
    let options: Run

    func run() async throws {
        Memory.keepLittle()
        let log = logger()
        RelaySettings.raiseDescriptorLimit()
        let sockets = try inheritedSockets(log)
        try prepareSocket()
        let engines = try opened { () throws(EngineError) in
            try Engines.open(settings, inheriting: sockets, log)
        }
        let leave = engines.leave
        let (held, tableWatch, usesKernel) = (engines.held, engines.tableWatch, engines.usesKernel)
        var gatewaySettings = settings.gateway
        gatewaySettings.engines = engines.pair.available
        let setsSysctls = settings.setsSysctls && usesKernel
        let watch = try NetworkWatch()
        let observer = NetworkObserver(settings.network, settings.numbers)
        var route = try NetlinkSocket(.route)
        let first = observer.observe(try MachineNetwork.read(through: &route))
        let machine = MachineSettings(log: log)
        if setsSysctls { machine.countFlows() }
        if usesKernel { machine.warnOfBridges() }
        if first.view.wans.isEmpty {
            log.warning("there is no default route, so no WAN is known; name it with --wan")
        }
        for name in (settings.network.wans ?? []) + settings.network.lans
        where first.view.addresses(of: name).isEmpty {
            log.warning("\(name) is not there, or has no address; forwards wait for it")
        }
        let store = try openedStore()
        if let failure = store.copyFailure {
            log.warning("no fresh copy of the table could be made: \(failure)")
        }
        let api = try NetworkAPI(
            settings.api, state: settings.state, network: first.view, at: .now, log)
        let gateway = Gateway(
            store: store, engine: engines.pair,
            facts: MachineFacts(log: log, relay: held),
            settings: gatewaySettings, observation: first, log: log)
        do { try await gateway.start() } catch { throw Failure(Self.text(error)) }
        if setsSysctls { machine.forward(first.view) }
        let routing = AnswerRouting(
            observer, through: route, machine: setsSysctls ? machine : nil, log: log)
        if usesKernel { await routing.follow() }
        _ = await applyFile(settings, to: gateway, log)
        var watches: [any Service] = [
            NetworkService(
                gateway: gateway, watch: watch, observer: observer,
                routing: usesKernel ? routing : nil)
        ]
        if let watch = tableWatch {
            watches.append(TableService(gateway: gateway, watch: watch))
        }
        if !settings.mapping.dialects.isEmpty {
            watches.append(
                DeviceService(
                    mapping: MappingService(
                        desk: GatewayDesk(gateway: gateway), settings: settings.mapping.service,
                        limits: settings.mapping.limits, upnp: settings.mapping.upnp, log: log)))
        }
        let door = try HandoverDoor(at: Handover.door(beside: settings.socket))
        try await serve(gateway, watches, routing, api, door, log)
        try await end(gateway, routing, leave, door, log)
    }

    /// What an earlier daemon has left open: the one that runs, or the last one by way of systemd.
    private func inheritedSockets(_ log: Logger) throws -> [Int32] {
        guard options.takeOver else { return SocketStore.inherited() }
        let path = Handover.door(beside: settings.socket)
        guard let sockets = try Handover.request(at: path) else { return SocketStore.inherited() }
        log.notice("took over from the daemon that ran, with \(sockets.count) listening sockets")
        return sockets
    }

    private func serve(
        _ gateway: Gateway, _ watches: [any Service], _ routing: AnswerRouting,
        _ api: NetworkAPI, _ door: HandoverDoor, _ log: Logger
    ) async throws {
        let socket = settings.socket
        let group = settings.group
        let numbers = settings.numbers
        let hub = EventHub(gateway: gateway, log: log)
        let board = SettingsBoard(settings.view)
        let control = ControlServer(
            gateway: gateway, doorkeeper: await Doorkeeper(gateway), listeners: api.facts,
            survey: JourneySurvey(mask: numbers.mask, wanMask: numbers.wanMask),
            doctor: DoctorSettings(mask: numbers.mask, stun: settings.stun.first),
            wan: WANSurvey(
                servers: settings.stun, upstream: RouterQuestions(nonces: .ofMachine)),
            hub: hub, settings: board)
        let server = control.application(socket: socket, log: quiet(log)) {
            // What an ordinary user runs is the user's own.
            if !Users.share(socket, withGroup: group), Users.isRoot {
                log.notice("there is no group \(group): only root may use \(socket)")
            }
            log.notice("ready at \(socket)")
        }
        let services: [any Service] =
            [
                ClockService(gateway: gateway),
                MemoryService(),
                EventService(hub: hub),
                UpstreamService(gateway: gateway, log: log),
            ] + watches + [
                ReloadService(
                    gateway: gateway, routing: routing, identity: api.identity, board: board,
                    options: options,
                    log: log),
                server,
            ] + api.services(of: control, gateway, log, quiet: quiet(log))
        let lifecycle = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log))
        try door.open { Task { await lifecycle.triggerGracefulShutdown() } }
        defer {
            door.close()
            try? FileManager.default.removeItem(atPath: Handover.door(beside: socket))
            try? FileManager.default.removeItem(atPath: socket)
        }
        try await lifecycle.run()
    }

    /// What is left to do when nobody can ask any more.
    private func end(
        _ gateway: Gateway, _ routing: AnswerRouting, _ leave: RelayLeave?, _ door: HandoverDoor,
        _ log: Logger
    ) async throws {
        guard door.isAsked else {
            if await gateway.stop() { await routing.withdraw() }
            if let leave {
                let sockets = leave.surrender()
                SocketStore.keep(sockets)
                RelayLeave.close(sockets)
            }
            leave?.stop()
            return
        }
        await gateway.retire()
        let sockets = leave?.surrender() ?? []
        do throws(KernelError) { try door.handOver(sockets) } catch {
            log.error("the listening sockets could not be handed over: \(error)")
            SocketStore.keep(sockets)
        }
        // Others have them now; kept here as well, a port would stay open that the next one closes.
        RelayLeave.close(sockets)
        guard let leave else { return }
        log.notice("handed over; connections that live may take \(settings.drainSeconds) s more")
        let left = leave.drain(seconds: settings.drainSeconds)
        if left > 0 { log.notice("\(left) connections were cut at the end of that time") }
        leave.stop()
    }

    private func logger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "portcullis")
        log.logLevel = settings.logLevel
        return log
    }

    /// The libraries' own logs say little to an operator.
    private func quiet(_ log: Logger) -> Logger {
        var quiet = log
        quiet.logLevel = max(settings.logLevel, .warning)
        return quiet
    }

    private func prepareSocket() throws {
        guard !UnixSocket.isAnswered(settings.socket) else {
            throw Failure(
                "another gateway answers at \(settings.socket); stop it, or use another --socket")
        }
        let folder = URL(filePath: settings.socket).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure("\(folder) cannot be made: choose another --socket, or run as root")
        }
        try? FileManager.default.removeItem(atPath: settings.socket)
        UnixSocket.restrictNewFiles()
    }

    private func openedStore() throws -> SQLiteStore {
        try opened { () throws(StoreError) in try SQLiteStore(folder: settings.state) }
    }

    private func opened<Opened>(_ open: () throws -> Opened) throws -> Opened {
        do { return try open() } catch { throw Failure(Self.text(error)) }
    }

    static func text(_ error: any Error) -> String {
        switch error {
        case let error as EngineError:
            Refusal(field: .state, value: "start", problem: .engine(error)).sentence
        case let error as StoreError: storeText(error)
        case let refusal as Refusal: refusal.sentence
        default: "\(error)"
        }
    }

    private static func storeText(_ error: StoreError) -> String {
        let stays = "forwards that are in force stay so"
        return switch error {
        case .damaged(let path, let detail):
            "\(path) is damaged (\(detail)); \(stays). Put the copy of the last good start in its"
                + " place: cp \(path).copy \(path)"
        case .vanished(let path, let copy):
            "\(path) is gone, though there was one; \(stays). Put the copy in its place: cp \(copy)"
                + " \(path); or remove the copy to begin with an empty table"
        case .notWritable(let path, let detail):
            "\(path) cannot be used (\(detail)); check the disk, the permissions and --state"
        case .fromTheFuture(let path):
            "\(path) was written by a later version of portcullis; use that one"
        case .busy(let path): "\(path) is held by another process; stop it, or use another --state"
        case .revisionMoved: "the table was changed by somebody else; try again"
        case .unreadable(let forward):
            "the stored forward \(forward) cannot be read by this version"
        }
    }
}

/// Puts the forwards of the configuration file in force; those that were taken out of it go.
///
/// - Returns: false when the file's forwards are refused.
func applyFile(_ settings: DaemonSettings, to gateway: Gateway, _ log: Logger) async -> Bool {
    guard let drafts = settings.forwards else { return true }
    let mostLines = 100
    let maker = Requester(name: "configuration", origin: .file)
    let answer = await gateway.submit(
        .apply(drafts, prune: .fileForwards(of: maker.name)), by: maker)
    for refusal in answer.refusals.prefix(mostLines) { log.error("\(refusal.sentence)") }
    for warning in answer.warnings.prefix(mostLines) { log.warning("\(warning.sentence)") }
    let left =
        max(0, answer.refusals.count - mostLines) + max(0, answer.warnings.count - mostLines)
    if left > 0 { log.warning("… and \(left) more; \"portcullis plan\" of the file lists them") }
    if !answer.refusals.isEmpty { log.error("the forwards of the file were not applied") }
    return answer.refusals.isEmpty
}
