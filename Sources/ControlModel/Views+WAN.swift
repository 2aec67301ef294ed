extension Views {
    /// What stands between each WAN and the internet.
    package struct WANs: Codable, Hashable, Sendable {
        /// The STUN servers that were asked.
        package var servers: [STUNServer]
        package var wans: [WAN]

        package init(servers: [STUNServer], wans: [WAN]) {
            self.servers = servers
            self.wans = wans
        }

        /// Whether nothing is known to stand in the way of forwards.
        package var isWell: Bool { wans.allSatisfy { $0.severity == "note" } }
    }

    package struct STUNServer: Codable, Hashable, Sendable {
        /// As it was named.
        package var name: String
        /// `192.0.2.7:3478`; absent when the name has no address.
        package var endpoint: String?

        package init(name: String, endpoint: String?) {
            self.name = name
            self.endpoint = endpoint
        }
    }

    package struct WAN: Codable, Hashable, Sendable {
        package var interface: String
        /// The IPv4 address; absent when there is none.
        package var address: Address?
        package var ipv6: [Address]
        /// Whether IPv6 is there and the internet sees it as it is; for programs, stable.
        package var ipv6Verdict: String
        /// How each STUN server sees it.
        package var sightings: [Sighting]
        /// Why no server could be asked, though one is named.
        package var failure: String?
        /// What translates in front: `none`, `double-nat`, `cgnat` and others.
        package var nat: String
        /// Whether a port is the same outside for every peer; absent where it was not found out.
        package var mapping: Behaviour?
        /// Who may answer; absent where it was not found out.
        package var filtering: Behaviour?
        /// Whether what is sent to the address outside comes back; absent where it was not tried.
        package var hairpin: Bool?
        /// Absent when no router in front says.
        package var upstream: Upstream?
        /// Why the router in front could not be asked.
        package var upstreamFailure: String?
        /// For programs; stable.
        package var verdict: String
        /// `problem`, `warning`, `note`.
        package var severity: String
        /// The verdict in words.
        package var sentence: String
        /// What to do about it.
        package var advice: String

        package init(
            interface: String, address: Address?, ipv6: [Address], ipv6Verdict: String,
            sightings: [Sighting], failure: String?, nat: String, mapping: Behaviour?,
            filtering: Behaviour?,
            hairpin: Bool?, upstream: Upstream?, upstreamFailure: String?, verdict: String,
            severity: String, sentence: String, advice: String
        ) {
            self.interface = interface
            self.address = address
            self.ipv6 = ipv6
            self.ipv6Verdict = ipv6Verdict
            self.sightings = sightings
            self.failure = failure
            self.nat = nat
            self.mapping = mapping
            self.filtering = filtering
            self.hairpin = hairpin
            self.upstream = upstream
            self.upstreamFailure = upstreamFailure
            self.verdict = verdict
            self.severity = severity
            self.sentence = sentence
            self.advice = advice
        }

        enum CodingKeys: String, CodingKey {
            case interface, address, ipv6, sightings, failure, nat, mapping, filtering, hairpin
            case upstream, verdict, severity, sentence, advice
            case ipv6Verdict = "ipv6_verdict"
            case upstreamFailure = "upstream_failure"
        }
    }
}

extension Views.WAN {
    package struct Address: Codable, Hashable, Sendable {
        package var address: String
        /// Such as `global`, `private`, `cgnat`.
        package var kind: String

        package init(address: String, kind: String) {
            self.address = address
            self.kind = kind
        }
    }

    package struct Sighting: Codable, Hashable, Sendable {
        /// The server's address and port.
        package var server: String
        /// Absent when it did not answer.
        package var seen: String?

        package init(server: String, seen: String?) {
            self.server = server
            self.seen = seen
        }
    }

    package struct Behaviour: Codable, Hashable, Sendable {
        /// In the terms of RFC 4787, for programs.
        package var kind: String
        package var words: String

        package init(kind: String, words: String) {
            self.kind = kind
            self.words = words
        }
    }

    package struct Upstream: Codable, Hashable, Sendable {
        /// `pcp`, `nat-pmp`, `upnp`.
        package var `protocol`: String
        package var address: String

        package init(protocol: String, address: String) {
            self.protocol = `protocol`
            self.address = address
        }
    }
}
