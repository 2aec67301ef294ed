import Addressing
import Forwarding
import LinuxKit
import Logging

/// The kernel's settings without which nothing is forwarded or counted.
struct MachineSettings {
    let log: Logger

    /// Lets flows be counted and timed, from the first on.
    ///
    /// Sets what is not set yet, and says so.
    func countFlows() {
        set("net/netfilter/nf_conntrack_acct", to: "1")
        set("net/netfilter/nf_conntrack_timestamp", to: "1")
    }

    /// Makes the machine a router.
    ///
    /// Only when the guard stands: on a fresh machine everything would be let through meanwhile.
    func forward(_ network: NetworkView) {
        // Forwarding makes a host ignore router advertisements unless told twice (accept_ra 2).
        for wan in network.wans {
            set("net/ipv6/conf/\(wan)/accept_ra", from: "1", to: "2")
        }
        set("net/ipv4/ip_forward", to: "1")
        set("net/ipv6/conf/all/forwarding", to: "1")
        // In hairpin a packet goes back out of the interface that it came in by; the gateway must not
        // tell the client of a shorter way.
        set("net/ipv4/conf/all/send_redirects", to: "0")
        for interface in network.insideInterfaces {
            set("net/ipv4/conf/\(interface)/send_redirects", to: "0")
        }
    }

    /// Lets requests in at a WAN that is not the way back by the main table.
    ///
    /// The strict filter (RFC 3704 section 2.2) drops them before anything of ours: the larger of the
    /// setting for all interfaces and that of the interface counts.
    func acceptAnywhere(_ wans: [InterfaceName]) {
        let all = (try? KernelSetting("net/ipv4/conf/all/rp_filter").read()) ?? "0"
        for wan in wans {
            let path = "net/ipv4/conf/\(wan)/rp_filter"
            guard let own = try? KernelSetting(path).read(), max(all, own) == "1" else { continue }
            set(path, to: "2")
        }
    }

    /// With br_netfilter, packets between ports of one bridge pass our rules without being routed:
    /// a target that asks for itself at the external address gets no answer.
    ///
    /// Docker needs it, so it is not ours to switch off.
    func warnOfBridges() {
        for name in ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"]
        where (try? KernelSetting("net/bridge/\(name)").read()) == "1" {
            log.warning(
                """
                net.bridge.\(name) is 1: a target on a bridge cannot reach itself at the \
                external address; unless a program such as Docker needs it, set it to 0
                """)
        }
    }

    private func set(_ path: String, from expected: String? = nil, to value: String) {
        let setting = KernelSetting(path)
        do throws(KernelError) {
            let current = try setting.read()
            guard current != value, expected == nil || expected == current else { return }
            try setting.write(value)
            log.notice("\(path) was \(current), is now \(value)")
        } catch {
            guard error.code != ErrorNumber.noEntry else { return }
            log.warning("\(path) could not be set to \(value) (error \(error.code))")
        }
    }
}
