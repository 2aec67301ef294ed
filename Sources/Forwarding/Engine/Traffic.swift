package import Addressing

/// What a forward carried.
package struct Traffic: Hashable, Sendable {
    /// Flows that were let in.
    package var flows: UInt64
    /// From clients to the target.
    package var inbound: Volume
    /// From the target to clients.
    package var outbound: Volume
    /// Packets of sources that may not use it.
    package var denied: UInt64
    /// Packets that limits did not let through.
    package var limited: UInt64

    package init(
        flows: UInt64 = 0, inbound: Volume = Volume(), outbound: Volume = Volume(),
        denied: UInt64 = 0, limited: UInt64 = 0
    ) {
        self.flows = flows
        self.inbound = inbound
        self.outbound = outbound
        self.denied = denied
        self.limited = limited
    }

    /// Both ways together.
    package var bytes: UInt64 { inbound.bytes &+ outbound.bytes }

    /// What an engine counts apart.
    package enum Kind: Sendable {
        case inbound, outbound, flows, denied, limited
    }

    fileprivate mutating func set(_ volume: Volume, as kind: Kind) {
        switch kind {
        case .inbound: inbound = volume
        case .outbound: outbound = volume
        case .flows: flows = volume.packets
        case .denied: denied = volume.packets
        case .limited: limited = volume.packets
        }
    }

    package static func + (left: Traffic, right: Traffic) -> Traffic {
        Traffic(
            flows: left.flows &+ right.flows, inbound: left.inbound + right.inbound,
            outbound: left.outbound + right.outbound, denied: left.denied &+ right.denied,
            limited: left.limited &+ right.limited)
    }

    /// What was added since `earlier`; a counter that went down was reset, so all of it is new.
    package func since(_ earlier: Traffic) -> Traffic {
        func difference(_ now: UInt64, _ before: UInt64) -> UInt64 {
            now >= before ? now - before : now
        }
        func difference(_ now: Volume, _ before: Volume) -> Volume {
            Volume(
                packets: difference(now.packets, before.packets),
                bytes: difference(now.bytes, before.bytes))
        }
        return Traffic(
            flows: difference(flows, earlier.flows),
            inbound: difference(inbound, earlier.inbound),
            outbound: difference(outbound, earlier.outbound),
            denied: difference(denied, earlier.denied),
            limited: difference(limited, earlier.limited))
    }
}

/// Packets and bytes, IP headers included.
package struct Volume: Hashable, Sendable {
    package var packets: UInt64
    package var bytes: UInt64

    package init(packets: UInt64 = 0, bytes: UInt64 = 0) {
        self.packets = packets
        self.bytes = bytes
    }

    package static func + (left: Volume, right: Volume) -> Volume {
        Volume(packets: left.packets &+ right.packets, bytes: left.bytes &+ right.bytes)
    }
}

/// Flows of a forward that a change would end.
package struct FlowCost: Hashable, Sendable {
    /// Of protocols with connections: their peers notice.
    package var connections: Int
    /// Of others: the next packet begins anew, at the new target if there is one.
    package var datagramFlows: Int

    package init(connections: Int = 0, datagramFlows: Int = 0) {
        self.connections = connections
        self.datagramFlows = datagramFlows
    }

    /// Counts one flow more.
    package mutating func count(_ transport: TransportProtocol) {
        if transport == .udp { datagramFlows += 1 } else { connections += 1 }
    }
}

/// All counters of an engine at one time.
package struct TrafficReport: Equatable, Sendable {
    /// Forwards that never carried anything may be absent.
    package var forwards: ByForward<Traffic>
    /// What the guard dropped: new flows from outside that no forward names.
    package var guarded: Volume
    /// What the engine itself has counted against budgets of a month, in bytes.
    package var budgets: ByForward<UInt64> = [:]

    package init(forwards: ByForward<Traffic> = [:], guarded: Volume = Volume()) {
        self.forwards = forwards
        self.guarded = guarded
    }

    /// Takes in one counter of a forward.
    ///
    /// Here, where the compiler knows the value of `ByForward`: from another module 30,000 of these
    /// took 4 ms more.
    package mutating func note(_ volume: Volume, as kind: Traffic.Kind, of forward: ForwardID) {
        forwards[forward, default: Traffic()].set(volume, as: kind)
    }
}

/// A flow that a forward carries.
package struct LiveFlow: Hashable, Sendable {
    package var number: FlowNumber
    package var forward: ForwardID
    package var transport: TransportProtocol
    package var client: Endpoint
    /// What the client asked.
    package var external: Endpoint
    package var target: Endpoint
    /// What the target sees as the sender.
    package var seenSource: Endpoint
    /// In the words of the engine that carries it.
    package var state: String
    package var inbound: Volume
    package var outbound: Volume
    /// When it began, where the kernel keeps the time.
    package var started: Timestamp?

    package init(
        number: FlowNumber, forward: ForwardID, transport: TransportProtocol, client: Endpoint,
        external: Endpoint, target: Endpoint, seenSource: Endpoint, state: String, inbound: Volume,
        outbound: Volume, started: Timestamp?
    ) {
        self.number = number
        self.forward = forward
        self.transport = transport
        self.client = client
        self.external = external
        self.target = target
        self.seenSource = seenSource
        self.state = state
        self.inbound = inbound
        self.outbound = outbound
        self.started = started
    }
}
