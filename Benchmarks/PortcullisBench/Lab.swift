import CLinux
import Foundation

/// A client, a gateway and a server, each a network namespace.
///
///     client 203.0.113.9 ── wan0 203.0.113.5  gateway  lan0 192.168.7.1 ── server 192.168.7.10
///
/// Nothing of the machine's own network is touched.
struct Lab {
    let client: Namespace
    let gateway: Namespace
    let server: Namespace

    static let external = "203.0.113.5"
    static let target = "192.168.7.10"

    init(_ cleanup: Cleanup) throws {
        let tag = "pcb\(ProcessInfo.processInfo.processIdentifier)"
        let names = ["client", "gateway", "server"].map { "\(tag)-\($0)" }
        cleanup.add {
            for name in names { _ = try? Programs.run("ip", "netns", "del", name) }
        }
        for name in names { try Programs.run("ip", "netns", "add", name) }
        try Programs.run("sh", "-euc", Self.script, "sh", tag)
        client = try Namespace(names[0])
        gateway = try Namespace(names[1])
        server = try Namespace(names[2])
    }

    /// Ports and the kernel's table of flows must not run dry at 20,000 connections a second.
    private static let script = """
        link() { ip -n $1 link set $2 up; ip -n $1 addr add $3 dev $2; }
        ip link add wan0 netns $1-gateway type veth peer name eth0 netns $1-client
        ip link add lan0 netns $1-gateway type veth peer name eth0 netns $1-server
        for n in client gateway server; do ip -n $1-$n link set lo up; done
        link $1-gateway wan0 203.0.113.5/24
        link $1-gateway lan0 192.168.7.1/24
        link $1-client eth0 203.0.113.9/24
        link $1-server eth0 192.168.7.10/24
        seq 11 230 | sed 's,.*,addr add 192.168.7.&/24 dev eth0,' | ip -n $1-server -batch -
        ip -n $1-client route add default via 203.0.113.5
        ip -n $1-server route add default via 192.168.7.1
        ip netns exec $1-gateway sysctl -q -w net.ipv4.ip_forward=1 \\
            net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \\
            net.netfilter.nf_conntrack_tcp_timeout_close=1 \\
            net.netfilter.nf_conntrack_tcp_timeout_time_wait=1
        for n in client gateway server; do
            ip netns exec $1-$n sysctl -q -w net.ipv4.tcp_tw_reuse=1 \\
                net.ipv4.ip_local_port_range='1024 65535' net.core.somaxconn=4096 \\
                net.ipv4.tcp_max_tw_buckets=4096
        done
        """
}

/// A network namespace that the calling thread can step into.
struct Namespace {
    let name: String
    private let number: Int32

    init(_ name: String) throws(Failure) {
        self.name = name
        number = try Self.open("/run/netns/\(name)")
    }

    private static func open(_ path: String) throws(Failure) -> Int32 {
        // SAFETY: the call reads the text up to its end, which outlives it.
        let number = unsafe path.withCString { unsafe clinux_open_namespace($0) }
        guard number >= 0 else { throw Failure("\(path): error \(-number)") }
        return number
    }

    /// Runs `body` inside.
    ///
    /// Sockets stay in the namespace that they were made in.
    func inside<Result>(_ body: () throws -> Result) throws -> Result {
        let home = try Self.open("/proc/thread-self/ns/net")
        defer {
            _ = clinux_enter_network_namespace(home)
            _ = clinux_close(home)
        }
        let entered = clinux_enter_network_namespace(number)
        guard entered >= 0 else { throw Failure("setns: error \(-entered)") }
        return try body()
    }

    /// Runs a program inside.
    func run(_ arguments: String...) throws {
        try Programs.run(["ip", "netns", "exec", name] + arguments)
    }
}
