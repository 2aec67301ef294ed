/// What those who watch are told, and what they can look back on.
extension Views {
    /// The first event of a stream.
    package struct Hello: Codable, Hashable, Sendable {
        package var revision: Int

        package init(revision: Int) { self.revision = revision }
    }

    /// What forwards have carried so far, for those that have carried more since the last event.
    package struct Counters: Codable, Hashable, Sendable {
        package var time: String
        package var forwards: [String: Counter]

        package init(time: String, forwards: [String: Counter]) {
            self.time = time
            self.forwards = forwards
        }
    }

    package struct Counter: Codable, Hashable, Sendable {
        package var flows: UInt64
        package var bytesIn: UInt64
        package var bytesOut: UInt64
        package var denied: UInt64
        /// Flows that live; absent where they were not counted anew.
        package var live: Int?

        package init(
            flows: UInt64, bytesIn: UInt64, bytesOut: UInt64, denied: UInt64, live: Int? = nil
        ) {
            self.flows = flows
            self.bytesIn = bytesIn
            self.bytesOut = bytesOut
            self.denied = denied
            self.live = live
        }

        enum CodingKeys: String, CodingKey {
            case flows, denied, live
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
        }
    }

    /// Bytes of the last hour in minutes, or of the last day in quarters of an hour.
    package struct TrafficCharts: Codable, Hashable, Sendable {
        /// Seconds of a point.
        package var step: Int
        /// The end of the last point.
        package var until: String
        package var forwards: [String: Chart]

        package init(step: Int, until: String, forwards: [String: Chart]) {
            self.step = step
            self.until = until
            self.forwards = forwards
        }
    }

    /// The oldest first.
    package struct Chart: Codable, Hashable, Sendable {
        package var inbound: [UInt64]
        package var outbound: [UInt64]

        package init(inbound: [UInt64], outbound: [UInt64]) {
            self.inbound = inbound
            self.outbound = outbound
        }

        enum CodingKeys: String, CodingKey {
            case inbound = "in"
            case outbound = "out"
        }
    }

    package struct Devices: Codable, Hashable, Sendable {
        package var devices: [Device]

        package init(devices: [Device]) { self.devices = devices }
    }

    /// A device that was seen inside.
    package struct Device: Codable, Hashable, Sendable {
        /// The one that a forward would name.
        package var address: String
        package var addresses: [String]
        package var mac: String
        package var name: String?
        package var maker: String?
        package var interface: String
        /// Those that lead to it.
        package var forwards: [String]

        package init(
            address: String, addresses: [String], mac: String, name: String?, maker: String?,
            interface: String, forwards: [String]
        ) {
            self.address = address
            self.addresses = addresses
            self.mac = mac
            self.name = name
            self.maker = maker
            self.interface = interface
            self.forwards = forwards
        }
    }

    package struct Services: Codable, Hashable, Sendable {
        package var services: [Service]

        package init(services: [Service]) { self.services = services }
    }

    /// A service that people know by a name.
    package struct Service: Codable, Hashable, Sendable {
        package var name: String
        package var description: String
        /// `25565/tcp, 19132/udp`: one forward for each, the main one first.
        package var ports: String
        /// `allow-list` or `never`; absent where it is fine.
        package var risk: String?
        /// Why the risk is what it is, and what to do rather.
        package var reason: String?
        package var instead: String?

        package init(
            name: String, description: String, ports: String, risk: String?, reason: String?,
            instead: String?
        ) {
            self.name = name
            self.description = description
            self.ports = ports
            self.risk = risk
            self.reason = reason
            self.instead = instead
        }
    }

    package struct Health: Codable, Hashable, Sendable {
        package var status: String

        package init(status: String) { self.status = status }
    }
}
