package import Addressing
package import Forwarding

/// What devices have asked for.
extension Views {
    /// What a device has to do with its forward.
    package struct Lease: Codable, Hashable, Sendable {
        /// `pcp`, `nat-pmp` or `upnp`.
        package var `protocol`: String
        package var device: String
        package var mac: String?
        /// Who asked, where that is another than the device.
        package var manager: String?
        /// Whether it is for the device's own flows to certain peers.
        package var forPeers: Bool
        /// Whether what the device sends from the port leaves from the external one.
        package var bothWays: Bool
        /// Whether it goes on for as long as the device is there.
        package var whilePresent: Bool

        enum CodingKeys: String, CodingKey {
            case `protocol`, device, mac, manager
            case forPeers = "for_peers"
            case bothWays = "both_ways"
            case whilePresent = "while_present"
        }
    }

    /// Requests that wait for the operator's word.
    package struct Requests: Codable, Hashable, Sendable {
        package var requests: [Request]
        /// What was refused since the start, by reason.
        package var refused: [Refused]

        package init(requests: [Request], refused: [Refused]) {
            self.requests = requests
            self.refused = refused
        }
    }

    /// What devices were refused for one reason.
    package struct Refused: Codable, Hashable, Sendable {
        package var reason: String
        package var sentence: String
        package var count: Int
        package var last: String
        /// Of the last one, as is the protocol.
        package var device: String
        package var `protocol`: String

        package init(
            _ denial: LeaseDenial, count: Int, last: Timestamp, device: IPAddress,
            _ dialect: MappingDialect
        ) {
            reason = denial.code
            sentence = denial.sentence
            self.count = count
            self.last = last.text
            self.device = device.description
            `protocol` = dialect.rawValue
        }
    }

    package struct Request: Codable, Hashable, Sendable {
        package var id: Int
        package var device: String
        package var mac: String?
        package var `protocol`: String
        /// `51413/udp`, at the device.
        package var ports: String
        /// The external port that is wished for; absent for any.
        package var external: Int?
        package var lifetime: Int
        package var comment: String
        package var first: String
        package var last: String
        package var count: Int

        package init(
            id: Int, _ request: LeaseRequest, first: Timestamp, last: Timestamp, count: Int
        ) {
            self.id = id
            device = request.asker.device.description
            mac = request.asker.mac?.description
            `protocol` = request.asker.dialect.rawValue
            ports = "\(request.ports)/\(request.transport.name)"
            external = request.external.map { Int($0) }
            lifetime = Int(request.lifetime)
            comment = request.comment.filter { !$0.isNewline }
            self.first = first.text
            self.last = last.text
            self.count = count
        }
    }

    /// What the operator has said for good.
    package struct Consents: Codable, Hashable, Sendable {
        package var consents: [Consent]

        package init(_ consents: [LeaseConsent]) {
            self.consents = zip(1..., consents).map { number, consent in
                Consent(
                    number: number, device: consent.device.description,
                    port: "\(consent.port)/\(consent.transport.name)", allowed: consent.isAllowed)
            }
        }
    }

    package struct Consent: Codable, Hashable, Sendable {
        package var number: Int
        package var device: String
        /// At the device.
        package var port: String
        package var allowed: Bool
    }

    /// What came of the operator's word.
    package struct Decision: Codable, Hashable, Sendable {
        package var id: Int
        package var allowed: Bool
        package var always: Bool
        /// The forward that is there now; absent for a no.
        package var forward: String?
        package var external: String?

        package init(id: Int, always: Bool, forward: Forwarding.Forward?) {
            self.id = id
            self.always = always
            allowed = forward != nil
            self.forward = forward?.name.text
            external = forward?.externalText
        }
    }
}

extension Views.Lease {
    init(_ lease: Forwarding.Lease) {
        `protocol` = lease.dialect.rawValue
        device = lease.device.description
        mac = lease.mac?.description
        manager = lease.manager?.description
        forPeers = lease.isForPeers
        bothWays = lease.isBidirectional
        whilePresent = lease.lastsWhilePresent
    }
}

extension Views.Problem {
    /// There is no request, or no settled word, of the number.
    package static func unknownRequest(_ number: String) -> Views.Problem {
        Views.Problem(
            status: 404, title: "Unknown request",
            detail: "no request has the number \(number); \"portcullis requests\" lists them")
    }

    /// The operator has allowed it, and it cannot be had all the same.
    package static func notGranted(_ denial: LeaseDenial) -> Views.Problem {
        Views.Problem(status: 409, title: "Not granted", detail: denial.sentence)
    }
}
