import Addressing
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
    /// The relay's loops, when the daemon goes; nil without it.
    let leave: RelayLeave?

    /// Opens them in the network namespace of the calling thread.
    ///
    /// - Parameter sockets: what an earlier daemon has left open.
    static func open(
        _ settings: DaemonSettings, inheriting sockets: [Int32], _ log: Logger
    ) throws(EngineError) -> Engines {
        let opening = EngineOpening(settings: settings, sockets: sockets, log: log)
        return switch settings.engine {
        case .kernel: try opening.kernelOnly()
        case .relay: try opening.relayOnly(because: .daemonIsTold)
        case .automatic: try opening.both()
        }
    }

    var usesKernel: Bool { tableWatch != nil }
}

/// How the engines are opened.
private struct EngineOpening {
    let settings: DaemonSettings
    let sockets: [Int32]
    let log: Logger

    func both() throws(EngineError) -> Engines {
        let kernel: KernelEngine
        do throws(EngineError) { kernel = try self.kernel() } catch {
            switch error {
            case .notPermitted:
                log.notice(
                    """
                    the kernel's tables may not be changed (CAP_NET_ADMIN is missing): the relay \
                    carries every forward
                    """)
                return try relayOnly(because: .notPermitted)
            case .unsupported(let parts):
                log.notice(
                    """
                    the kernel lacks \(parts.joined(separator: ", ")): the relay carries every \
                    forward
                    """)
                return try relayOnly(because: .kernelLacks)
            case .ownedByAnother, .refused, .relayRefused, .system: throw error
            }
        }
        let relay = try relay()
        let (held, leave) = (relay.held, relay.leave())
        return Engines(
            pair: EnginePair(kernel: kernel, relay: relay), tableWatch: try kernel.watch(),
            held: held, leave: leave)
    }

    func kernelOnly() throws(EngineError) -> Engines {
        let kernel = try kernel()
        return Engines(
            pair: EnginePair(kernel: kernel), tableWatch: try kernel.watch(), held: nil, leave: nil)
    }

    func relayOnly(because reason: RelayReason) throws(EngineError) -> Engines {
        let relay = try relay()
        let (held, leave) = (relay.held, relay.leave())
        return Engines(
            pair: EnginePair(relay: relay, because: reason), tableWatch: nil, held: held,
            leave: leave)
    }

    private func kernel() throws(EngineError) -> KernelEngine {
        try KernelEngine(
            mask: settings.numbers.mask, wanMask: settings.numbers.wanMask,
            owned: settings.ownsTable)
    }

    private func relay() throws(EngineError) -> RelayEngine {
        try RelayEngine(settings.relay, inherited: InheritedSockets(sockets)) { [log] remark in
            log.warning("\(remark.words)")
        }
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
        case .targetIsDown(let target): "target \(target.words) does not answer any more"
        case .targetIsUp(let target): "target \(target.words) answers again"
        }
    }
}

extension RelayTarget {
    fileprivate var words: String {
        switch place {
        case .unix(let path): "unix:\(path)"
        case .addresses(let addresses):
            addresses.addresses.map { "\(Endpoint($0, ports.first))" }.joined(separator: ", ")
        }
    }
}
