import Addressing
import Forwarding
import LinuxKit
import Netfilter
import Netlink

/// What the kernel knows, read in the network of the calling thread.
struct MachineReading: Sendable {
    var seen: Observations
    var network: MachineNetwork

    static func read(into empty: Observations) -> MachineReading {
        var reading = MachineReading(seen: empty, network: MachineNetwork())
        reading.readNetwork()
        reading.readSettings()
        reading.readForeign()
        reading.readListeners()
        reading.readClock()
        return reading
    }

    private mutating func readNetwork() {
        do throws(KernelError) {
            var socket = try NetlinkSocket(.route)
            network = try MachineNetwork.read(through: &socket)
        } catch { return miss(.network, error) }
        for state in network.interfaces.values {
            seen.interfaces[state.name] = Observations.Interface(
                isUp: state.isUp, mtu: state.mtu, isBridge: state.isBridge)
        }
        let best = network.defaultRoutes.sorted {
            ($0.family == .v4 ? 0 : 1, $0.priority) < ($1.family == .v4 ? 0 : 1, $1.priority)
        }
        seen.defaultRoutes = best.compactMap { route in
            network.interfaces[route.index].map {
                Observations.Route(route.family, $0.name, route.gateway)
            }
        }
        seen.duplicates = network.addresses.filter(\.isDuplicate).compactMap { entry in
            network.interfaces[entry.index].map {
                Observations.Holder(entry.address, $0.name, [])
            }
        }
    }

    /// Those that a machine has not (no IPv6, no bridge module) are left out.
    private mutating func readSettings() {
        let network = seen.network
        let names = Set(network.wans + network.insideInterfaces).map(\.text) + ["all"]
        let own = names.flatMap { name in
            [
                "ipv4/conf/\(name)/rp_filter", "ipv4/conf/\(name)/forwarding",
                "ipv6/conf/\(name)/accept_ra",
            ]
        }
        let fixed = [
            "ipv4/ip_forward", "ipv6/conf/all/forwarding", "bridge/bridge-nf-call-iptables",
            "bridge/bridge-nf-call-ip6tables", "netfilter/nf_conntrack_max",
            "netfilter/nf_conntrack_count",
        ]
        let paths = (own + fixed).map { "net/" + $0 } + TimeoutChecks.rules.map(TimeoutChecks.path)
        for path in paths { seen.settings[path] = try? KernelSetting(path).read() }
    }

    private mutating func readForeign() {
        guard seen.usesKernel else { return }
        do throws(KernelError) {
            var socket = try NetlinkSocket(.netfilter)
            seen.foreign = try ForeignRuleset.read(through: &socket)
        } catch { miss(.foreignTables, error) }
        for state in network.interfaces.values {
            seen.foreign.interfaceNumbers[state.name] = state.index
        }
        seen.unreadLegacyTables = seen.foreign.addLegacyTables()
    }

    private mutating func readListeners() {
        do throws(KernelError) {
            let table = seen.situation.table
            seen.listeners = try LocalListeners.read().filter { socket in
                !table.forwards(on: socket.port, socket.transport).isEmpty
                    && !isOfClient(socket)
            }.compactMap(Self.listener)
        } catch { miss(.listeners, error) }
    }

    /// Sockets of clients that wait for an answer come and go on ports that the kernel gave them.
    private func isOfClient(_ socket: ListeningSocket) -> Bool {
        guard socket.transport == .udp,
            let text = try? KernelSetting("net/ipv4/ip_local_port_range").read()
        else { return false }
        let bounds = text.split { $0 == "\t" || $0 == " " }.compactMap { UInt16($0) }
        return bounds.count == 2 && bounds[0] <= socket.port && socket.port <= bounds[1]
    }

    private static func listener(_ socket: ListeningSocket) -> Listener? {
        let address = socket.address
        guard address.v4?.isLoopback != true, address.v6?.isLoopback != true else { return nil }
        let isWildcard = address == .v4(.any) || address == .v6(.any)
        return Listener(
            transport: socket.transport, address: isWildcard ? nil : address, port: socket.port,
            onlyV6: socket.isV6Only && socket.family == .v6,
            program: LocalListeners.program(holding: socket.inode))
    }

    private mutating func readClock() {
        do throws(KernelError) { seen.clockIsSynchronised = try KernelClock.isSynchronised() } catch
        {
            miss(.clock, error)
        }
    }

    private mutating func miss(_ source: Observations.Source, _ error: KernelError) {
        seen.unread.append(Observations.Unread(source, error.code))
    }
}
