import Addressing
import Forwarding

extension Request {
    /// The names that have to be resolved before it can be decided.
    var names: [HostName] {
        hosts.compactMap { host in
            guard case .name(let name) = host else { return nil }
            return name
        }
    }

    /// The devices that it names by their hardware address.
    var devices: [MACAddress] {
        hosts.compactMap { host in
            guard case .mac(let mac) = host else { return nil }
            return mac
        }
    }

    /// Everything that its forwards may lead to.
    private var hosts: [TargetHost] {
        switch self {
        case .add(let drafts), .apply(let drafts, _):
            drafts.flatMap { [$0.target.host] + $0.relay.furtherHosts }
        case .edit(_, let edit):
            [edit.target?.host].compactMap(\.self) + (edit.relay?.furtherHosts ?? [])
        case .restore(let former): former.flatMap(\.hosts)
        case .remove, .expire: []
        }
    }

    /// The ports that it wants, for which local programs have to be looked up.
    func claims(in table: ForwardingTable) -> [ClaimedPorts] {
        switch self {
        case .add(let drafts), .apply(let drafts, _):
            return drafts.map {
                ClaimedPorts(transports: $0.transports, ports: $0.external.ports)
            }
        case .edit(let name, let edit):
            guard let forward = table[name] else { return [] }
            return [
                ClaimedPorts(
                    transports: edit.transports ?? forward.transports,
                    ports: edit.ports ?? forward.external.ports)
            ]
        case .remove, .expire, .restore: return []
        }
    }
}
