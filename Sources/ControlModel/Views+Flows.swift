import Addressing
package import Forwarding

extension Views {
    package struct Flows: Codable, Hashable, Sendable {
        package var flows: [Flow]
        /// The `after` with which the next page begins; absent on the last one.
        package var next: String?

        package init(flows: [Flow], next: String? = nil) {
            self.flows = flows
            self.next = next
        }
    }

    package struct Flow: Codable, Hashable, Sendable {
        /// By which it can be ended.
        package var id: String
        package var forward: String
        package var transport: String
        package var client: String
        package var external: String
        package var target: String
        package var seenAs: String
        /// `kernel` or `relay`.
        package var engine: String
        package var state: String
        package var bytesIn: UInt64
        package var bytesOut: UInt64
        /// Seconds; absent where the kernel does not keep times.
        package var age: Int64?

        enum CodingKeys: String, CodingKey {
            case id, forward, transport, client, external, target, engine, state, age
            case seenAs = "seen_as"
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
        }
    }

    package struct EndedFlows: Codable, Hashable, Sendable {
        package var flows: [EndedFlow]

        package init(flows: [EndedFlow]) { self.flows = flows }
    }

    /// A flow that a relay carried.
    package struct EndedFlow: Codable, Hashable, Sendable {
        package var forward: String
        package var transport: String
        package var client: String
        package var externalPort: UInt16
        /// Two letters: who ended it, and in which phase.
        package var reason: String
        /// The same in words.
        package var why: String
        package var started: String
        package var ended: String
        package var bytesIn: UInt64
        package var bytesOut: UInt64

        enum CodingKeys: String, CodingKey {
            case forward, transport, client, reason, why, started, ended
            case externalPort = "external_port"
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
        }
    }
}

extension Views.Flow {
    package init(_ name: ForwardName, _ flow: LiveFlow, now: Timestamp) {
        id = flow.number.description
        forward = name.text
        transport = flow.transport.name
        client = flow.client.description
        external = flow.external.description
        target = flow.target.description
        seenAs = flow.seenSource.description
        engine = flow.number.engine
        state = flow.state
        bytesIn = flow.inbound.bytes
        bytesOut = flow.outbound.bytes
        age = flow.started.map { max(0, now.seconds - $0.seconds) }
    }
}

extension Views.EndedFlow {
    package init(_ name: ForwardName, _ flow: EndedFlowRecord) {
        forward = name.text
        transport = flow.transport.name
        client = flow.client.description
        externalPort = flow.externalPort
        reason = flow.reason.description
        why = flow.reason.sentence
        started = flow.started.text
        ended = flow.ended.text
        bytesIn = flow.inbound
        bytesOut = flow.outbound
    }
}

extension Views.Problem {
    package static func unknownFlow(_ id: String) -> Self {
        Self(
            404, "flow", id, "unknown-flow", "is not there, or has ended",
            "\"portcullis flows\" lists those that live")
    }
}
