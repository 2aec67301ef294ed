import ControlAPI
import Forwarding
import Gateway
import LinuxKit
import Logging
import Netfilter
import ServiceLifecycle
import UnixSignals

/// Keeps the gateway's time.
struct ClockService: Service {
    let gateway: Gateway

    func run() async throws {
        await cancelWhenGracefulShutdown { await gateway.run() }
    }
}

/// Tells those who listen what happens.
struct EventService: Service {
    let hub: EventHub

    func run() async throws {
        await cancelWhenGracefulShutdown { await hub.run() }
    }
}

/// Gives memory back: large requests come seldom and leave much behind.
struct MemoryService: Service {
    private static let period = Duration.seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                Memory.giveBack()
                try? await Task.sleep(for: Self.period)
            }
        }
    }
}

/// Hands the changes of the network to the gateway.
struct NetworkService: Service {
    let gateway: Gateway
    let watch: NetworkWatch
    let observer: NetworkObserver
    /// Nil where routing rules are not ours to make.
    let routing: AnswerRouting?

    func run() async throws {
        for await network in watch.changes.cancelOnGracefulShutdown() {
            await gateway.observe(observer.observe(network))
            await routing?.follow()
        }
        watch.end()
    }
}

/// Hands what other programs do to the table to the gateway.
struct TableService: Service {
    let gateway: Gateway
    let watch: TableWatch

    func run() async throws {
        for await disturbance in watch.disturbances.cancelOnGracefulShutdown() {
            await gateway.defend(against: disturbance)
        }
        watch.end()
    }
}

/// Reads the configuration again at SIGHUP.
///
/// A file that cannot be used changes nothing.
struct ReloadService: Service {
    let gateway: Gateway
    let routing: AnswerRouting
    /// What the API shows over TLS; nil where it is off.
    let identity: TLSIdentity?
    let board: SettingsBoard
    let options: Run
    let log: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                let settings = try DaemonSettings(options: options)
                // The file is applied to a table that is there.
                await gateway.resumeDefence()
                guard await applyFile(settings, to: gateway, log) else { continue }
                var wanted = settings.gateway
                // Those were opened at the start.
                wanted.engines = await gateway.settings.engines
                try await gateway.adopt(wanted)
                await gateway.observe(routing.observer.adopt(settings.network))
                await routing.follow()
                identity?.refresh(log)
                board.put(settings.view)
                log.notice("configuration read again")
            } catch {
                log.error("the configuration was not taken over: \(Daemon.text(error))")
            }
        }
    }
}
