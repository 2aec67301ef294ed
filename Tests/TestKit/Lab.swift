import Addressing
import Foundation
import LinuxKit

/// A small internet of network namespaces, made for one test and taken away after it.
///
///     host "internet"                    gateway                        LAN (one bridge)
///     203.0.113.9      ───── wan0 203.0.113.5      br0 192.168.7.1 ──┬── lan1 192.168.7.10
///     2001:db8:ff::9         2001:db8:ff::5      2001:db8:7::1       └── lan2 192.168.7.20
///     198.51.100.7 (elsewhere, routed)
///     192.0.2.9        ───── wan1 192.0.2.5    guest0 192.168.9.1 ────── guest 192.168.9.30
///
/// All ports are free in all of it: nobody else lives there.
package final class Lab: Sendable {
    package let internet: Host
    package let gateway: Host
    package let lan1: Host
    package let lan2: Host
    package let guest: Host

    /// Runs a test in a lab of its own.
    ///
    /// That none can be made is a failure.
    package static func with<Result>(_ body: (Lab) async throws -> Result) async throws -> Result {
        await Places.shared.take()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await made(body)) } catch { result = .failure(error) }
        await Places.shared.give()
        return try result.get()
    }

    private static func made<Result>(
        _ body: (Lab) async throws -> Result
    ) async throws -> Result {
        let lab = try Lab()
        defer { lab.dismantle() }
        return try await body(lab)
    }

    private let tag: String

    private init() throws {
        let tag = "pc" + String(UInt32.random(in: 0...(.max)), radix: 36)
        self.tag = tag
        let made = try Command.run(["sh", "-eu", "-s", tag], input: Self.script)
        guard made.succeeded else {
            Self.dismantle(tag)
            throw Command.Failure(description: "the lab could not be made: \(made.errors)")
        }
        internet = try Host(tag, "internet")
        gateway = try Host(tag, "gateway")
        lan1 = try Host(tag, "lan1")
        lan2 = try Host(tag, "lan2")
        guest = try Host(tag, "guest")
    }

    private func dismantle() { Self.dismantle(tag) }

    private static func dismantle(_ tag: String) {
        let hosts = ["internet", "gateway", "lan1", "lan2", "guest"]
        _ = try? Command.shell(
            hosts.map { "ip netns del \(tag)-\($0) || true" }.joined(separator: "\n"))
    }

    private static let script = """
        t=$1
        for h in internet gateway lan1 lan2 guest; do
            ip netns add $t-$h
            ip netns exec $t-$h sysctl -q -w net.ipv6.conf.all.accept_dad=0 \\
                net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0
        done
        ip -batch - <<BATCH
        link add wan0 netns $t-gateway type veth peer name eth0 netns $t-internet
        link add wan1 netns $t-gateway type veth peer name eth1 netns $t-internet
        link add lan1p netns $t-gateway type veth peer name eth0 netns $t-lan1
        link add lan2p netns $t-gateway type veth peer name eth0 netns $t-lan2
        link add guest0 netns $t-gateway type veth peer name eth0 netns $t-guest
        BATCH
        ip -n $t-gateway -batch - <<BATCH
        link set lo up
        link add br0 type bridge
        link set lan1p master br0 up
        link set lan2p master br0 up
        addr add 203.0.113.5/24 dev wan0
        addr add 2001:db8:ff::5/64 dev wan0 nodad
        addr add 192.0.2.5/24 dev wan1
        addr add 192.168.7.1/24 dev br0
        addr add 2001:db8:7::1/64 dev br0 nodad
        addr add 192.168.9.1/24 dev guest0
        addr add 2001:db8:9::1/64 dev guest0 nodad
        link set wan0 up
        link set wan1 up
        link set br0 up
        link set guest0 up
        route add default via 203.0.113.9
        route add default via 2001:db8:ff::9
        BATCH
        ip netns exec $t-gateway sysctl -q -w net.ipv4.ip_forward=1 \\
            net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \\
            net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.br0.send_redirects=0 \\
            net.ipv4.conf.all.send_redirects=0
        ip -n $t-internet -batch - <<BATCH
        link set lo up
        addr add 203.0.113.9/24 dev eth0
        addr add 198.51.100.7/32 dev lo
        addr add 2001:db8:ff::9/64 dev eth0 nodad
        addr add 2001:db8:51::7/128 dev lo nodad
        addr add 192.0.2.9/24 dev eth1
        link set eth0 up
        link set eth1 up
        route add 192.168.0.0/16 via 203.0.113.5
        route add 2001:db8:7::/64 via 2001:db8:ff::5
        route add 2001:db8:9::/64 via 2001:db8:ff::5
        BATCH
        host() {
            ip -n $t-$1 -batch - <<BATCH
        link set lo up
        addr add $2/24 dev eth0
        addr add $3/64 dev eth0 nodad
        link set eth0 up
        route add default via $4
        route add default via $5
        BATCH
        }
        host lan1 192.168.7.10 2001:db8:7::10 192.168.7.1 2001:db8:7::1
        host lan2 192.168.7.20 2001:db8:7::20 192.168.7.1 2001:db8:7::1
        host guest 192.168.9.30 2001:db8:9::30 192.168.9.1 2001:db8:9::1
        """
}

/// How many labs stand at once: tests of time-outs need a machine that is not overrun.
private actor Places {
    static let shared = Places()
    private var free = 3
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        free += 1
    }
}

/// One machine of a lab.
package final class Host: Sendable {
    package let namespace: String
    private let network: NetworkNamespace

    fileprivate init(_ tag: String, _ name: String) throws {
        namespace = "\(tag)-\(name)"
        network = try NetworkNamespace(path: "/run/netns/\(namespace)")
    }

    /// Runs `body` in this machine's network.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await network.run(body)
    }

    /// Runs a program in this machine's network.
    @discardableResult
    package func command(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
    ) throws -> Command.Result {
        try Command.run(
            ["ip", "netns", "exec", namespace] + arguments, input: input, environment: environment)
    }

    /// Runs a shell script here; throws what it printed when it fails.
    @discardableResult
    package func shell(_ script: String) throws -> String {
        let result = try command(["sh", "-euc", script])
        guard result.succeeded else {
            throw Command.Failure(description: "\(script)\n\(result.output)\(result.errors)")
        }
        return result.output
    }
}
