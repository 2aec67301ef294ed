/// The question "from where do you see me?" (RFC 8489, Binding over UDP).
package struct STUNBindingRequest: Hashable, Sendable {
    /// 12 octets by which the answer is known; random, so that nobody can answer unseen.
    package let transaction: [UInt8]
    /// From where the answer is to come, if that is asked for (RFC 5780 section 7.2).
    package var change: STUNChange?
    /// The port that the answer is to go to, in place of the sender's (RFC 5780 section 7.5).
    package var responsePort: UInt16?
    /// Octets that make the packet longer, to find fragments lost on the way (RFC 5780 section 7.6).
    package var padding: Int?
    /// Whether it ends with a checksum: then the answer does so as well.
    package var isFingerprinted: Bool
    /// Attributes that have to be understood and are not, in order.
    package private(set) var notUnderstood: [UInt16] = []

    /// Nil unless there are 12 octets.
    package init?(
        transaction: some Sequence<UInt8>, change: STUNChange? = nil, isFingerprinted: Bool = false
    ) {
        let octets = Array(transaction)
        guard octets.count == STUN.transactionLength else { return nil }
        self.transaction = octets
        self.change = change
        self.isFingerprinted = isFingerprinted
    }

    /// - Parameter octet: what gives one random octet after the other.
    package init(change: STUNChange? = nil, drawing octet: () -> UInt8) {
        transaction = (0..<STUN.transactionLength).map { _ in octet() }
        self.change = change
        isFingerprinted = false
    }

    /// What a server makes of a datagram; nil for everything that it has to pass over in silence.
    package init?(_ bytes: [UInt8]) {
        guard let message = STUNMessage(bytes), message.type == STUN.bindingRequest else {
            return nil
        }
        transaction = message.transaction
        isFingerprinted = message.value(STUNAttribute.fingerprint) != nil
        notUnderstood = message.notUnderstood(beside: STUNAttribute.ofRequests)
        if let value = message.value(STUNAttribute.changeRequest) {
            guard value.count == 4 else { return nil }
            change = STUNChange(rawValue: value[3]).intersection([.address, .port])
        }
        if let value = message.value(STUNAttribute.responsePort) {
            // The padding behind the port may count or not.
            guard value.count == 2 || value.count == 4 else { return nil }
            responsePort = UInt16(value[0]) << 8 | UInt16(value[1])
        }
        padding = message.value(STUNAttribute.padding)?.count
    }

    /// Without an attribute twenty octets: the server learns no more than the address.
    package var bytes: [UInt8] {
        var message = STUNWriter(STUN.bindingRequest, transaction)
        if let change { message.add(STUNAttribute.changeRequest, [0, 0, 0, change.rawValue]) }
        if let port = responsePort {
            message.add(
                STUNAttribute.responsePort, [UInt8(port >> 8), UInt8(port & 0xff), 0, 0])
        }
        if let padding { message.add(STUNAttribute.padding, [UInt8](repeating: 0, count: padding)) }
        return message.finished(isFingerprinted: isFingerprinted)
    }

    /// The attributes of behaviour discovery in it, for a server that does not take part.
    package var discoveryAttributes: [UInt16] {
        [
            change.map { _ in STUNAttribute.changeRequest },
            padding.map { _ in STUNAttribute.padding },
            responsePort.map { _ in STUNAttribute.responsePort },
        ].compactMap(\.self)
    }
}

/// What is to differ between the place that was asked and the one that answers (RFC 5780 section 7.2).
package struct STUNChange: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let port = STUNChange(rawValue: 2)
    package static let address = STUNChange(rawValue: 4)
}

enum STUN {
    /// By which STUN is told from other protocols, and with which addresses are disguised (section 5).
    static let cookie: [UInt8] = [0x21, 0x12, 0xa4, 0x42]
    static let transactionLength = 12
    static let headerLength = 20

    static let bindingRequest: UInt16 = 0x0001
    static let bindingSuccess: UInt16 = 0x0101
    static let bindingError: UInt16 = 0x0111
}
