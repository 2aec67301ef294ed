import Forwarding
import Gateway
import Logging
import Netfilter
import Relay

/// The engines of this daemon: both, unless it is told to use one or may use only one.
struct Engines {
    let pair: EnginePair
    /// Sees what other programs do to the kernel's table; nil without the kernel engine.
    let tableWatch: TableWatch?
    /// Where the relay listens; nil without it.
    let held: HeldPlaces?

    /// Opens them in the network namespace of the calling thread.
    static func open(_ settings: DaemonSettings, _ log: Logger) throws(EngineError) -> Engines {
        switch settings.engine {
        case .kernel: try kernelOnly(settings)
        case .relay: try relayOnly(settings, because: .daemonIsTold, log)
        case .automatic: try both(settings, log)
        }
    }

    var usesKernel: Bool { tableWatch != nil }

    private static func both(
        _ settings: DaemonSettings, _ log: Logger
    ) throws(EngineError) -> Engines {
        let kernel: KernelEngine
        do throws(EngineError) { kernel = try Self.kernel(settings) } catch {
            switch error {
            case .notPermitted:
                log.notice(
                    """
                    the kernel's tables may not be changed (CAP_NET_ADMIN is missing): the relay \
                    carries every forward
                    """)
                return try relayOnly(settings, because: .notPermitted, log)
            case .unsupported(let parts):
                log.notice(
                    """
                    the kernel lacks \(parts.joined(separator: ", ")): the relay carries every \
                    forward
                    """)
                return try relayOnly(settings, because: .kernelLacks, log)
            case .ownedByAnother, .refused, .system: throw error
            }
        }
        let relay = try Self.relay(settings, log)
        let held = relay.held
        return Engines(
            pair: EnginePair(kernel: kernel, relay: relay), tableWatch: try kernel.watch(),
            held: held)
    }

    private static func kernelOnly(_ settings: DaemonSettings) throws(EngineError) -> Engines {
        let kernel = try kernel(settings)
        return Engines(
            pair: EnginePair(kernel: kernel), tableWatch: try kernel.watch(), held: nil)
    }

    private static func relayOnly(
        _ settings: DaemonSettings, because reason: RelayReason, _ log: Logger
    ) throws(EngineError) -> Engines {
        let relay = try relay(settings, log)
        let held = relay.held
        return Engines(
            pair: EnginePair(relay: relay, because: reason), tableWatch: nil, held: held)
    }

    private static func kernel(_ settings: DaemonSettings) throws(EngineError) -> KernelEngine {
        try KernelEngine(
            mask: settings.numbers.mask, wanMask: settings.numbers.wanMask,
            owned: settings.ownsTable)
    }

    private static func relay(
        _ settings: DaemonSettings, _ log: Logger
    ) throws(EngineError) -> RelayEngine {
        try RelayEngine(settings.relay) { remark in log.warning("\(remark.words)") }
    }
}

extension RelayRemark {
    /// For people.
    fileprivate var words: String {
        switch self {
        case .shortage(let loop, let inUse):
            """
            relay \(loop) has \(inUse) descriptors in use and may have no more: new connections \
            wait; raise LimitNOFILE
            """
        case .targetIsDown(let forward, let place):
            "target \(place + 1) of forward number \(forward) does not answer any more"
        case .targetIsUp(let forward, let place):
            "target \(place + 1) of forward number \(forward) answers again"
        }
    }
}
