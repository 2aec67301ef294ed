package import Addressing

/// The question "from where do you see me?" (RFC 8489, Binding over UDP).
package struct STUNBindingRequest: Hashable, Sendable {
    /// 12 octets by which the answer is known; random, so that nobody can answer unseen.
    package let transaction: [UInt8]

    /// Nil unless there are 12 octets.
    package init?(transaction: some Sequence<UInt8>) {
        let octets = Array(transaction)
        guard octets.count == STUN.transactionLength else { return nil }
        self.transaction = octets
    }

    /// Twenty octets, without attributes: the server learns no more than the address.
    package var bytes: [UInt8] {
        [0x00, 0x01, 0x00, 0x00] + STUN.cookie + transaction
    }
}

/// What a server says to it.
package enum STUNBindingAnswer: Hashable, Sendable {
    case mapped(Endpoint)
    /// The error code, 300 to 699 (RFC 8489 section 14.8).
    case refused(code: Int)

    /// Reads the answer to `request`; nil for everything that is none, or that cannot be relied on.
    package init?(_ bytes: [UInt8], to request: STUNBindingRequest) {
        guard let message = STUNMessage(bytes), message.transaction == request.transaction else {
            return nil
        }
        switch message.type {
        case 0x0101:
            guard let endpoint = message.mapped else { return nil }
            self = .mapped(endpoint)
        case 0x0111:
            guard let code = message.errorCode else { return nil }
            self = .refused(code: code)
        default: return nil
        }
    }
}

enum STUN {
    /// By which STUN is told from other protocols, and with which addresses are disguised (section 5).
    static let cookie: [UInt8] = [0x21, 0x12, 0xa4, 0x42]
    static let transactionLength = 12
    static let headerLength = 20
}
