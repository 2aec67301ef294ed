/// What is in effect, by the keys of the configuration file.
extension Views {
    package struct Settings: Codable, Hashable, Sendable {
        package var network: Network
        package var daemon: Daemon
        package var mapping: Mapping
        package var api: API

        package init(network: Network, daemon: Daemon, mapping: Mapping, api: API) {
            self.network = network
            self.daemon = daemon
            self.mapping = mapping
            self.api = api
        }

        package struct Network: Codable, Hashable, Sendable {
            /// Absent where the default route decides.
            package var wan: [String]?
            package var lan: [String]
            package var guarded: Bool
            package var policyRouting: Bool
            package var stun: [String]

            package init(
                wan: [String]?, lan: [String], guarded: Bool, policyRouting: Bool, stun: [String]
            ) {
                self.wan = wan
                self.lan = lan
                self.guarded = guarded
                self.policyRouting = policyRouting
                self.stun = stun
            }

            enum CodingKeys: String, CodingKey {
                case wan, lan, stun
                case guarded = "guard"
                case policyRouting = "policy_routing"
            }
        }

        package struct Daemon: Codable, Hashable, Sendable {
            package var engine: String
            package var onStop: String
            package var state: String
            package var socket: String
            package var group: String
            package var logLevel: String

            package init(
                engine: String, onStop: String, state: String, socket: String, group: String,
                logLevel: String
            ) {
                self.engine = engine
                self.onStop = onStop
                self.state = state
                self.socket = socket
                self.group = group
                self.logLevel = logLevel
            }

            enum CodingKeys: String, CodingKey {
                case engine, state, socket, group
                case onStop = "on_stop"
                case logLevel = "log_level"
            }
        }

        package struct Mapping: Codable, Hashable, Sendable {
            /// Empty where devices are not served.
            package var protocols: [String]
            package var interfaces: [String]
            package var standard: String
            package var perDevice: Int
            package var inAll: Int
            package var minLifetime: Int
            package var maxLifetime: Int
            package var maxLifetimeUPnP: Int
            package var nonces: String
            package var upstream: Bool
            /// How many rules come before `default`.
            package var rules: Int

            package init(
                protocols: [String], interfaces: [String], standard: String, perDevice: Int,
                inAll: Int, minLifetime: Int, maxLifetime: Int, maxLifetimeUPnP: Int,
                nonces: String, upstream: Bool, rules: Int
            ) {
                self.protocols = protocols
                self.interfaces = interfaces
                self.standard = standard
                self.perDevice = perDevice
                self.inAll = inAll
                self.minLifetime = minLifetime
                self.maxLifetime = maxLifetime
                self.maxLifetimeUPnP = maxLifetimeUPnP
                self.nonces = nonces
                self.upstream = upstream
                self.rules = rules
            }

            enum CodingKeys: String, CodingKey {
                case protocols, interfaces, nonces, upstream, rules
                case standard = "default"
                case perDevice = "per_device"
                case inAll = "in_all"
                case minLifetime = "min_lifetime"
                case maxLifetime = "max_lifetime"
                case maxLifetimeUPnP = "max_lifetime_upnp"
            }
        }

        package struct API: Codable, Hashable, Sendable {
            package var listen: [String]
            package var hosts: [String]
            /// Whether the certificate is the operator's, not one that was made.
            package var ownCertificate: Bool
            package var wan: String

            package init(listen: [String], hosts: [String], ownCertificate: Bool, wan: String) {
                self.listen = listen
                self.hosts = hosts
                self.ownCertificate = ownCertificate
                self.wan = wan
            }

            enum CodingKeys: String, CodingKey {
                case listen, hosts, wan
                case ownCertificate = "own_certificate"
            }
        }
    }
}
