import Addressing
import Forwarding
import LinuxKit
import Netlink

/// Who has the gateway's own addresses and those of targets, asked by ARP on every link at once.
struct DeviceQuestions: Sendable {
    private var duplicates: [Observations.Holder] = []
    private var targets: [IPv4Address: Set<MACAddress>] = [:]
    private var failure: Int32?

    /// What goes out on one link.
    private struct Link: Sendable {
        var state: InterfaceState
        var mac: MACAddress
        var own: [IPv4Address]
        var targets: [IPv4Address]

        var questions: [ARPProbe.Question] {
            own.map { ARPProbe.Question($0, from: .any) }
                + targets.map { ARPProbe.Question($0, from: own.first ?? .any) }
        }
    }

    private static let mostTargets = 256

    static func ask(_ seen: Observations, _ network: MachineNetwork) -> DeviceQuestions {
        let links = links(seen, network)
        var result = DeviceQuestions()
        typealias Answer = Result<[IPv4Address: Set<MACAddress>], KernelError>
        let answers: [Answer]
        do throws(KernelError) {
            answers = try KernelThread.together(links.count) { place in
                Answer { () throws(KernelError) in
                    try ARPProbe.ask(
                        links[place].questions, on: links[place].state.index,
                        from: links[place].mac)
                }
            }
        } catch {
            result.failure = error.code
            return result
        }
        // Two ports of ours in one network answer for each other.
        let ours = Set(network.interfaces.values.compactMap(\.mac))
        for (link, answer) in zip(links, answers) { result.take(answer, link, ours) }
        return result
    }

    private static func links(_ seen: Observations, _ network: MachineNetwork) -> [Link] {
        let targets = Set(seen.carried.prefix(mostTargets).compactMap(\.active.target4))
        return network.interfaces.values.sorted { $0.index < $1.index }.compactMap { state in
            guard state.isUp, !state.isLoopback, let mac = state.mac, mac.isDevice else {
                return nil
            }
            let subnets = seen.network.links.filter { $0.interface == state.name }
            let own = subnets.compactMap(\.address.v4)
            let near = targets.filter { target in
                seen.network.interface(towards: .v4(target)) == state.name
                    && !own.contains(target)
            }
            return own.isEmpty
                ? nil : Link(state: state, mac: mac, own: own, targets: near.sorted())
        }
    }

    private mutating func take(
        _ answer: Result<[IPv4Address: Set<MACAddress>], KernelError>, _ link: Link,
        _ ours: Set<MACAddress>
    ) {
        switch answer {
        case .failure(let error): failure = error.code
        case .success(let holders):
            for target in link.targets { targets[target] = holders[target] ?? [] }
            for own in link.own {
                guard let others = holders[own]?.subtracting(ours), !others.isEmpty else {
                    continue
                }
                duplicates.append(Observations.Holder(.v4(own), link.state.name, others))
            }
        }
    }

    func add(to seen: inout Observations) {
        seen.duplicates += duplicates
        seen.targetHolders = targets
        if let failure { seen.unread.append(Observations.Unread(.arp, failure)) }
    }
}
