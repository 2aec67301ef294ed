import Addressing
import LinuxKit
import Logging
import Netlink

/// Keeps the routing rules and tables of several WANs as the network wants them.
///
/// Owner of its netlink socket. What is installed is read anew before anything is changed, so that a
/// rule that another program took away (systemd-networkd does at its start) comes back.
actor AnswerRouting {
    let observer: NetworkObserver
    private var socket: NetlinkSocket
    /// Nil where sysctls belong to somebody else.
    private let machine: MachineSettings?
    private let log: Logger

    init(
        _ observer: NetworkObserver, through socket: consuming sending NetlinkSocket,
        machine: MachineSettings?, log: Logger
    ) {
        self.observer = observer
        self.socket = socket
        self.machine = machine
        self.log = log
    }

    /// Installs what the network wants as it was last seen.
    func follow() {
        let (wanted, seen, wans) = observer.routing()
        machine?.acceptAnywhere(wans)
        guard wanted != seen else { return }
        install(wanted)
    }

    /// Takes everything out.
    func withdraw() { install(PolicyRouting()) }

    private func install(_ wanted: PolicyRouting) {
        do throws(KernelError) {
            let installed = try PolicyRouting.installed(through: &socket)
            guard installed != wanted else { return }
            for refused in try wanted.install(insteadOf: installed, through: &socket) {
                log.error("routing of answers: \(refused.what.words) (error \(refused.code))")
            }
            log.info(
                "routing of answers: \(wanted.routes.count) default routes, \(wanted.rules.count) rules"
            )
        } catch { log.error("answers cannot be routed by their WAN: \(error)") }
    }
}

extension PolicyRouting.Refused.Piece {
    fileprivate var words: String {
        switch self {
        case .rule(let rule): "rule \(rule.priority) for table \(rule.table) was refused"
        case .route(let route):
            "the route by \(route.hop) of table \(route.table) was refused"
        }
    }
}
