/// What may stand in a message of STUN, by number (RFC 8489 section 18.3, RFC 5780 section 9.1).
///
/// Numbers below 0x8000 have to be understood, or the message cannot be.
enum STUNAttribute {
    static let mapped: UInt16 = 0x0001
    static let changeRequest: UInt16 = 0x0003
    /// OTHER-ADDRESS, as RFC 3489 numbered it.
    static let changedAddress: UInt16 = 0x0005
    static let errorCode: UInt16 = 0x0009
    static let unknownAttributes: UInt16 = 0x000a
    static let xorMapped: UInt16 = 0x0020
    static let padding: UInt16 = 0x0026
    static let responsePort: UInt16 = 0x0027
    /// What servers sent before the number was assigned.
    static let formerXorMapped: UInt16 = 0x8020
    static let fingerprint: UInt16 = 0x8028
    static let responseOrigin: UInt16 = 0x802b
    static let otherAddress: UInt16 = 0x802c

    /// USERNAME, MESSAGE-INTEGRITY, REALM, NONCE, MESSAGE-INTEGRITY-SHA256: Binding needs none of
    /// them, and they may stand there.
    private static let passedOver: Set<UInt16> = [0x0006, 0x0008, 0x0014, 0x0015, 0x001c]

    static let ofRequests = passedOver.union([changeRequest, padding, responsePort])

    /// SOURCE-ADDRESS (0x0004) and its like are of RFC 3489; some servers still send them.
    static let ofAnswers = passedOver.union([
        mapped, 0x0004, changedAddress, errorCode, unknownAttributes, xorMapped, padding,
    ])
}
