/// Values of state variables on their way to a subscriber.
package struct GENAEvent: Hashable, Sendable {
    package var id: GENASubscriptionID
    package var sequence: GENASequence
    /// In the order of the service's description.
    package var properties: [SOAPArgument]

    package init(
        _ id: GENASubscriptionID, _ sequence: GENASequence, _ properties: [SOAPArgument]
    ) {
        (self.id, self.sequence, self.properties) = (id, sequence, properties)
    }

    package var body: [UInt8] {
        var writer = XMLWriter("<?xml version=\"1.0\"?>\r\n")
        writer.element("e:propertyset", [("xmlns:e", "urn:schemas-upnp-org:event-1-0")]) { set in
            for property in properties {
                set.element("e:property") { $0.element(property.name, property.value) }
            }
        }
        return writer.bytes + [13, 10]
    }

    /// The whole request.
    package func bytes(to callback: LocalURL) -> [UInt8] {
        let body = body
        let head = MessageHead(
            "NOTIFY \(callback.path) HTTP/1.1",
            [
                ("HOST", "\(callback.endpoint)"), ("CONTENT-TYPE", "text/xml; charset=\"utf-8\""),
                ("NT", "upnp:event"), ("NTS", "upnp:propchange"), ("SID", id.text),
                ("SEQ", "\(sequence.number)"), ("Connection", "close"),
                ("CONTENT-LENGTH", "\(body.count)"),
            ])
        return head.bytes + body
    }
}

/// Which event of a subscription it is.
package struct GENASequence: Hashable, Sendable {
    package let number: UInt32

    /// The initial event has 0, and no other has.
    package static let initial = GENASequence(number: 0)

    package init(number: UInt32) { self.number = number }

    package var next: GENASequence {
        GENASequence(number: number == .max ? 1 : number + 1)
    }
}

extension GENASubscriptionID {
    /// The answer to a subscription and to its renewal.
    package func accepted(timeout: UInt32, date: String, server: String) -> MessageHead {
        MessageHead(
            "HTTP/1.1 200 OK",
            [
                ("DATE", date), ("SERVER", server), ("SID", text),
                ("TIMEOUT", GENATimeout.text(timeout)), ("CONTENT-LENGTH", "0"),
                ("Connection", "close"),
            ])
    }
}
