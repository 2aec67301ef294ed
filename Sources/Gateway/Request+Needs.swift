import Addressing
import Forwarding

extension TargetHost {
    var name: HostName? {
        guard case .name(let name) = self else { return nil }
        return name
    }
}

extension Request {
    /// The names that have to be resolved before it can be decided.
    var names: [HostName] {
        switch self {
        case .add(let drafts), .apply(let drafts, _): drafts.compactMap { $0.target.host.name }
        case .edit(_, let edit): [edit.target?.host.name].compactMap(\.self)
        case .restore(let former): former.compactMap { $0.target.host.name }
        case .remove, .expire: []
        }
    }

    /// The devices that it names by their hardware address.
    var devices: [MACAddress] {
        let hosts: [TargetHost] =
            switch self {
            case .add(let drafts), .apply(let drafts, _): drafts.map(\.target.host)
            case .edit(_, let edit): [edit.target?.host].compactMap(\.self)
            case .restore(let former): former.map(\.target.host)
            case .remove, .expire: []
            }
        return hosts.compactMap { host in
            guard case .mac(let mac) = host else { return nil }
            return mac
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
