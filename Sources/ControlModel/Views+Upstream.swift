import Addressing
package import Forwarding

extension Views {
    /// A port at the router in front.
    package struct UpstreamPort: Codable, Hashable, Sendable {
        /// The WAN that the router is asked by; absent for "request".
        package var wan: String?
        /// At this machine: `8443/tcp`.
        package var port: String
        /// `asking`, `held`, `failed`.
        package var state: String
        /// `192.0.2.7:8443`, or `:8443` where the router does not say its address; while it is held.
        package var external: String?
        /// `pcp`, `nat-pmp`, `upnp`; while it is held.
        package var `protocol`: String?
        /// When the router takes it back unless it is renewed; absent for never.
        package var until: String?
        /// Why it failed: for programs; stable.
        package var code: String?
        /// Why it failed, in words.
        package var problem: String?
        /// What to do about that.
        package var advice: String?

        package init(_ port: Forwarding.UpstreamPort) {
            self.init(port.key, port.state)
            wan = port.wan.text
        }

        package init(_ key: UpstreamKey, _ state: UpstreamState) {
            port = "\(key.port)/\(key.transport.name)"
            switch state {
            case .asking: self.state = "asking"
            case .held(let grant, let until):
                self.state = "held"
                external = "\(grant.address.map { "\($0)" } ?? ""):\(grant.port)"
                self.protocol = grant.dialect.rawValue
                self.until = until?.text
            case .failed(let failure):
                self.state = "failed"
                code = failure.code
                problem = failure.sentence
                advice = failure.advice
            }
        }
    }
}
