import ControlAPI
import Forwarding
import FoundationEssentials
import LinuxKit
import Logging
import ServiceLifecycle

/// The API over TLS: what it shows, and the services that serve it.
struct NetworkAPI {
    let facts: ListenerFacts
    /// Nil where it is off.
    let identity: TLSIdentity?

    init(
        _ settings: APISettings, state: String, network: NetworkView, at now: Timestamp,
        _ log: Logger
    ) throws {
        let exposed = settings.exposed(in: network)
        if let exposed {
            guard settings.isForced else {
                throw Failure(
                    "the API would be reachable from outside at \(exposed): use an address of the LAN or"
                        + " loopback, or insist with wan = \"force\" under [api] of the configuration"
                )
            }
            log.warning("the API is reachable from outside at \(exposed), as wan = \"force\" wants")
        }
        facts = ListenerFacts(
            endpoints: settings.endpoints,
            machine: ProcessInfo.processInfo.hostName.lowercased(), names: settings.hosts,
            areReachableFromWAN: exposed != nil)
        guard !settings.endpoints.isEmpty else {
            identity = nil
            return
        }
        let source =
            settings.files.map {
                TLSIdentity.Source.files(certificate: $0.certificate, key: $0.key)
            }
            ?? .own(folder: state)
        do { identity = try TLSIdentity(source, for: facts, at: now) } catch {
            throw Failure(error.sentence)
        }
    }

    /// - Parameter quiet: what the libraries write to.
    func services(of control: ControlServer, _ log: Logger, quiet: Logger) -> [any Service] {
        guard let identity else { return [] }
        let listeners = facts.places.map {
            ListenerService(control: control, place: $0, identity: identity, log: log, quiet: quiet)
        }
        return [CertificateService(identity: identity, log: log)] + listeners
    }
}

/// Serves the API at one address, as soon as the address is there.
struct ListenerService: Service {
    let control: ControlServer
    let place: ListenerFacts.Place
    let identity: TLSIdentity
    let log: Logger
    let quiet: Logger

    /// An interface comes up late, another daemon goes away: neither may end the gateway.
    private static let pause = Duration.seconds(2)

    func run() async throws {
        var isSaid = false
        while !Task.isShuttingDownGracefully {
            do {
                let (log, place) = (log, place)
                try await control.application(at: place, as: identity, log: quiet) {
                    log.notice("the API is at https://\(place)/")
                }.run()
                return
            } catch is CancellationError { return } catch {
                if !isSaid { log.error("the API cannot be served at \(place) yet: \(error)") }
                isSaid = true
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.pause) }
        }
    }
}

/// Has the certificate made anew before it ends, and the operator's read again.
struct CertificateService: Service {
    let identity: TLSIdentity
    let log: Logger

    private static let period = Duration.seconds(6 * 3600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.period)
                guard !Task.isCancelled else { return }
                identity.refresh(log)
            }
        }
    }
}

extension TLSIdentity {
    /// What cannot be used leaves what there was.
    func refresh(_ log: Logger) {
        do throws(TLSIdentity.Failure) { try refresh(at: .now) } catch {
            log.error("the certificate stays as it was: \(error.sentence)")
        }
    }
}

extension TLSIdentity.Failure {
    var sentence: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read; check the path and its permissions"
        case .notWritable(let path): "\(path) cannot be written; check the disk and --state"
        case .unusable(let path, let what):
            "\(path) is \(what); check certificate and key under [api]"
        }
    }
}
