package import Addressing

/// What was found out of whatever stands between an own address and the internet.
package struct NATBehaviour: Hashable, Sendable {
    /// From where the questions were sent.
    package var own: Endpoint
    /// What each server said, in the order in which they were named.
    package var sightings: [Sighting]
    /// Nil where it could not be found out.
    package var mapping: MappingBehaviour?
    /// Nil where it could not be found out.
    package var filtering: FilteringBehaviour?
    /// Whether what is sent to the own mapped address comes back; nil without a mapping.
    package var hairpins: Bool?

    package init(
        own: Endpoint, sightings: [Sighting] = [], mapping: MappingBehaviour? = nil,
        filtering: FilteringBehaviour? = nil, hairpins: Bool? = nil
    ) {
        self.own = own
        self.sightings = sightings
        self.mapping = mapping
        self.filtering = filtering
        self.hairpins = hairpins
    }

    package struct Sighting: Hashable, Sendable {
        package var server: Endpoint
        /// Nil when no answer came.
        package var mapped: Endpoint?

        package init(_ server: Endpoint, _ mapped: Endpoint?) {
            self.server = server
            self.mapped = mapped
        }
    }
}

/// Whether one own port is the same outside, whoever it speaks with (RFC 4787 section 4.1).
package enum MappingBehaviour: String, Hashable, Sendable, CaseIterable {
    /// Nothing is mapped.
    case none
    case endpointIndependent = "endpoint-independent"
    case addressDependent = "address-dependent"
    case addressAndPortDependent = "address-and-port-dependent"
    /// One of the last two: not all questions were answered.
    case dependent

    /// From the answers of M1, M2 and M3; nil when they say nothing.
    package init?(
        own: Endpoint, seen: Endpoint, atOtherAddress: Endpoint?, atOtherPlace: Endpoint?
    ) {
        guard seen != own else {
            self = .none
            return
        }
        switch (atOtherAddress, atOtherPlace) {
        case (nil, nil): return nil
        case (seen, _), (nil, seen): self = .endpointIndependent
        case (let second?, let third?):
            self = second == third ? .addressDependent : .addressAndPortDependent
        case (_?, nil), (nil, _?): self = .dependent
        }
    }

    /// From what two servers see that have nothing to do with each other; nil when one is silent.
    package init?(own: Endpoint, seenBy servers: [Endpoint?]) {
        let seen = servers.compactMap(\.self)
        if let first = seen.first, first == own {
            self = .none
            return
        }
        guard seen.count > 1 else { return nil }
        self = Set(seen).count == 1 ? .endpointIndependent : .dependent
    }
}

/// Who may answer to an own port that has sent to one place (RFC 4787 section 5).
package enum FilteringBehaviour: String, Hashable, Sendable, CaseIterable {
    /// Anybody.
    case endpointIndependent = "endpoint-independent"
    /// The address that was sent to, from any port.
    case addressDependent = "address-dependent"
    /// Only the place that was sent to.
    case addressAndPortDependent = "address-and-port-dependent"

    /// From whether F2 and F3 were answered.
    package init(fromOtherPlace: Bool, fromOtherPort: Bool) {
        self =
            fromOtherPlace
            ? .endpointIndependent : fromOtherPort ? .addressDependent : .addressAndPortDependent
    }
}
