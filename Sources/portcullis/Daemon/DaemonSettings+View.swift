import Addressing
import ControlModel
import Diagnosis
import Forwarding
import Gateway
import Logging

extension DaemonSettings {
    /// For people and programs to look at; nothing of it is secret.
    var view: Views.Settings {
        Views.Settings(
            network: Views.Settings.Network(
                wan: network.wans?.map(\.text), lan: network.lans.map(\.text),
                guarded: gateway.guarded, policyRouting: network.answersFollow,
                stun: stun.map(\.description)),
            daemon: Views.Settings.Daemon(
                engine: engine.rawValue, onStop: gateway.withdrawsOnStop ? "withdraw" : "keep",
                state: state, socket: socket, group: group, logLevel: logLevel.rawValue),
            mapping: mappingView,
            api: Views.Settings.API(
                listen: api.endpoints.map(\.description), hosts: api.hosts,
                ownCertificate: api.files != nil, wan: api.isForced ? "force" : "refuse"))
    }

    private var mappingView: Views.Settings.Mapping {
        let policy = mapping.policy
        return Views.Settings.Mapping(
            protocols: mapping.dialects.map(\.rawValue).sorted(),
            interfaces: mapping.interfaces.map(\.text), standard: policy.otherwise.rawValue,
            perDevice: policy.perDevice, inAll: policy.inAll, minLifetime: Int(policy.shortest),
            maxLifetime: Int(policy.longest), maxLifetimeUPnP: Int(policy.longestUPnP),
            nonces: policy.nonces.rawValue, upstream: mapping.chainsUpstream,
            rules: policy.rules.count)
    }
}
