import ControlAPI
import Forwarding
import FoundationEssentials
import Gateway
import LinuxKit
import Logging
import ServiceLifecycle

/// The API over TLS: what it shows, and the services that serve it.
struct NetworkAPI {
    let facts: ListenerFacts
    /// Nil where it is off.
    let identity: TLSIdentity?
    /// Whether it is served to the outside, too.
    private let isForced: Bool

    init(
        _ settings: APISettings, state: String, network: NetworkView, at now: Timestamp,
        _ log: Logger
    ) throws {
        let exposed = settings.endpoints.first { APISettings.isExposed($0, in: network) }
        isForced = settings.isForced
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
    func services(
        of control: ControlServer, _ gateway: Gateway, _ log: Logger, quiet: Logger
    ) -> [any Service] {
        guard let identity else { return [] }
        let listeners = facts.places.map {
            ListenerService(
                gateway: gateway, control: control, place: $0, identity: identity,
                isForced: isForced, log: log, quiet: quiet)
        }
        return [CertificateService(identity: identity, log: log)] + listeners
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
