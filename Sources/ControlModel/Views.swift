/// What the API answers.
///
/// Keys are stable: they are added, never changed or taken away.
package enum Views {
    package struct Forwards: Codable, Hashable, Sendable {
        package var revision: Int
        package var forwards: [Forward]
        /// The `after` with which the next page begins; absent on the last one.
        package var next: String?

        package init(revision: Int, forwards: [Forward], next: String? = nil) {
            self.revision = revision
            self.forwards = forwards
            self.next = next
        }
    }

    /// One forward with its state and what it carried.
    package struct Forward: Codable, Hashable, Sendable {
        package var id: Int
        package var name: String
        package var external: String
        package var on: String?
        package var at: String?
        package var to: String
        /// `["anywhere"]`, or the prefixes that may.
        package var openTo: [String]
        package var deny: [String]
        package var hairpin: Bool
        package var source: String
        package var nat6: Bool
        package var ends: String?
        package var schedule: String?
        /// When it was seen to carry something, to half a minute; absent for never.
        package var lastUsed: String?
        /// When the schedule opens or closes next; absent when it does not.
        package var nextChange: String?
        package var whenClosed: String
        package var limits: Limits
        /// What only a relay keeps, by the keys of the file; absent where nothing is asked of it.
        package var relay: RelayBody?
        /// Whether the router in front is asked for the ports, too.
        package var upstream: Bool
        /// What came of that, for each port and WAN; absent where nothing is asked.
        package var upstreamPorts: [UpstreamPort]?
        /// `kernel`, `relay`, or `none` where neither can.
        package var engine: String
        /// Why it is not the kernel; absent where it is.
        package var engineReason: String?
        package var enabled: Bool
        package var comment: String
        package var origin: String
        package var creator: String
        package var created: String
        /// What a device has to do with it; absent for what a person made.
        package var lease: Lease?
        /// `in-force`, `disabled`, `ended`, `closed`, `used-up`, `target-unknown`,
        /// `no-wan-address`, `suspended`.
        package var state: String
        /// The target's addresses at the moment.
        package var targets: [String]
        package var traffic: Traffic

        enum CodingKeys: String, CodingKey {
            case id, name, external, on, at, to, deny, hairpin, source, nat6, ends, enabled, comment
            case origin, creator, created, lease, state, targets, traffic, schedule, limits, relay
            case engine
            case upstream
            case upstreamPorts = "upstream_ports"
            case engineReason = "engine_reason"
            case openTo = "open_to"
            case lastUsed = "last_used"
            case nextChange = "next_change"
            case whenClosed = "when_closed"
        }
    }

    /// Absent keys are no bound.
    package struct Limits: Codable, Hashable, Sendable {
        package var maxConnections: String?
        package var maxConnectionsPerSource: String?
        package var maxRate: String?
        package var maxRatePerSource: String?
        package var monthly: String?
        package var bandwidth: String?

        enum CodingKeys: String, CodingKey {
            case monthly, bandwidth
            case maxConnections = "max_connections"
            case maxConnectionsPerSource = "max_connections_per_source"
            case maxRate = "max_rate"
            case maxRatePerSource = "max_rate_per_source"
        }
    }

    package struct Traffic: Codable, Hashable, Sendable {
        package var flows: UInt64
        package var packetsIn: UInt64
        package var bytesIn: UInt64
        package var packetsOut: UInt64
        package var bytesOut: UInt64
        package var denied: UInt64
        /// Packets that limits did not let through.
        package var limited: UInt64
        /// Bytes of this calendar month, both ways.
        package var monthBytes: UInt64

        enum CodingKeys: String, CodingKey {
            case flows, denied, limited
            case monthBytes = "month_bytes"
            case packetsIn = "packets_in"
            case bytesIn = "bytes_in"
            case packetsOut = "packets_out"
            case bytesOut = "bytes_out"
        }
    }

    /// What came of a change, or what would come of it.
    package struct Changes: Codable, Hashable, Sendable {
        package var revision: Int
        package var changes: [Change]
        package var warnings: [String]
        package var flowsEnded: Int
        package var dryRun: Bool
        /// Until when the change has to be confirmed; absent when it stands.
        package var confirmBy: String?

        enum CodingKeys: String, CodingKey {
            case revision, changes, warnings
            case confirmBy = "confirm_by"
            case flowsEnded = "flows_ended"
            case dryRun = "dry_run"
        }
    }

    package struct Change: Codable, Hashable, Sendable {
        /// `added`, `changed`, `removed`.
        package var kind: String
        package var name: String
        package var before: ForwardBody?
        package var after: ForwardBody?
        /// Flows that it would end; only in answers to questions, and only where there are any.
        package var cost: Cost?
    }

    package struct Cost: Codable, Hashable, Sendable {
        /// TCP and SCTP: their peers notice.
        package var connections: Int
        /// UDP: the next datagram begins anew, at the new target if there is one.
        package var datagramFlows: Int

        enum CodingKeys: String, CodingKey {
            case connections
            case datagramFlows = "datagram_flows"
        }
    }

    package struct Revisions: Codable, Hashable, Sendable {
        package var revisions: [Revision]

        package init(revisions: [Revision]) { self.revisions = revisions }
    }

    package struct Revision: Codable, Hashable, Sendable {
        package var number: Int
        package var time: String
        package var who: String
        package var origin: String
        package var changes: Int
    }

    package struct Activities: Codable, Hashable, Sendable {
        package var activity: [Activity]
        /// The `before` with which the next page begins; absent on the last one.
        package var next: Int?

        package init(activity: [Activity], next: Int? = nil) {
            self.activity = activity
            self.next = next
        }
    }

    package struct Activity: Codable, Hashable, Sendable {
        /// Its place in the record; absent in events.
        package var number: Int?
        package var time: String
        package var who: String
        package var origin: String
        package var kind: String
        package var forward: String?
        package var detail: String
        package var revision: Int?
    }

    package struct Status: Codable, Hashable, Sendable {
        package var version: String
        package var revision: Int
        package var started: String
        package var forwards: Int
        package var inForce: Int
        package var adopted: Int
        package var wans: [Interface]
        package var lans: [Interface]
        package var guarded: Bool
        package var guardDroppedPackets: UInt64
        package var guardDroppedBytes: UInt64
        package var engine: String
        package var protected: Bool
        package var missing: [String]
        /// The program that has the table though it is ours; absent while it is held.
        package var contestedBy: String?

        enum CodingKeys: String, CodingKey {
            case version, revision, started, forwards, adopted, wans, lans, guarded, engine, missing
            case protected
            case contestedBy = "contested_by"
            case inForce = "in_force"
            case guardDroppedPackets = "guard_dropped_packets"
            case guardDroppedBytes = "guard_dropped_bytes"
        }
    }

    package struct Interface: Codable, Hashable, Sendable {
        package var name: String
        package var addresses: [String]
        /// Of a WAN: where packets to anywhere are handed on; empty while there is no way out.
        package var nextHops: [String]?
        /// Of a WAN: whether the answers to what comes in by it leave by it, whatever the default route.
        package var routesAnswers: Bool?

        enum CodingKeys: String, CodingKey {
            case name, addresses
            case nextHops = "next_hops"
            case routesAnswers = "routes_answers"
        }
    }

    /// Problem details (RFC 9457).
    package struct Problem: Codable, Hashable, Sendable, Error {
        package var type: String
        package var title: String
        package var status: Int
        package var detail: String
        package var errors: [FieldError]
        /// After how many seconds it may be tried again; absent where that is no matter of time.
        package var retryAfter: Int64?

        enum CodingKeys: String, CodingKey {
            case type, title, status, detail, errors
            case retryAfter = "retry_after"
        }
    }

    package struct FieldError: Codable, Hashable, Sendable {
        package var forward: String?
        package var field: String
        package var value: String
        /// The problem in a word for programs, such as `overlap`.
        package var code: String
        package var message: String
        package var advice: String
    }
}
