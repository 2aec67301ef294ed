package import Addressing

/// What a server says to a Binding request.
package enum STUNBindingAnswer: Hashable, Sendable {
    case seen(STUNSighting)
    /// The error code, 300 to 699 (RFC 8489 section 14.8), and with 420 what was not understood.
    case refused(code: Int, notUnderstood: [UInt16] = [])

    /// RFC 8489 section 14.8.
    package static let badRequest = 400
    package static let unknownAttribute = 420

    /// Reads the answer to `request`; nil for everything that is none, or that cannot be relied on.
    package init?(_ bytes: [UInt8], to request: STUNBindingRequest) {
        guard let message = STUNMessage(bytes), message.transaction == request.transaction,
            message.notUnderstood(beside: STUNAttribute.ofAnswers).isEmpty
        else { return nil }
        switch message.type {
        case STUN.bindingSuccess:
            guard let sighting = STUNSighting(message) else { return nil }
            self = .seen(sighting)
        case STUN.bindingError:
            guard let code = message.errorCode else { return nil }
            self = .refused(code: code, notUnderstood: message.unknownAttributes)
        default: return nil
        }
    }

    /// Nil for a refusal.
    package var sighting: STUNSighting? {
        guard case .seen(let sighting) = self else { return nil }
        return sighting
    }

    /// As it is sent to who asked `request`.
    ///
    /// - Parameter openly: whether the address stands there undisguised as well, as those expect who
    ///   know RFC 5780 alone.
    package func bytes(to request: STUNBindingRequest, openly: Bool = false) -> [UInt8] {
        var message: STUNWriter
        switch self {
        case .seen(let sighting):
            message = STUNWriter(STUN.bindingSuccess, request.transaction)
            sighting.write(to: &message, openly: openly)
            // As much as came: whoever pretends to be another gains nothing by it.
            if let padding = request.padding {
                message.add(STUNAttribute.padding, [UInt8](repeating: 0, count: padding))
            }
        case .refused(let code, let notUnderstood):
            message = STUNWriter(STUN.bindingError, request.transaction)
            message.add(errorCode: code, Self.reason(code))
            if !notUnderstood.isEmpty { message.add(unknownAttributes: notUnderstood) }
        }
        return message.finished(isFingerprinted: request.isFingerprinted)
    }

    private static func reason(_ code: Int) -> String {
        switch code {
        case badRequest: "Bad Request"
        case unknownAttribute: "Unknown Attribute"
        default: "Error"
        }
    }
}

/// From where a server saw a request, and what it says of itself.
package struct STUNSighting: Hashable, Sendable {
    package var mapped: Endpoint
    /// Where the answer was sent from (RFC 5780 section 7.3).
    package var origin: Endpoint?
    /// The other address and the other port of the server (RFC 5780 section 7.4); nil where it has
    /// none, so that behaviour cannot be discovered with it.
    package var other: Endpoint?

    package init(_ mapped: Endpoint, origin: Endpoint? = nil, other: Endpoint? = nil) {
        self.mapped = mapped
        self.origin = origin
        self.other = other
    }

    fileprivate init?(_ message: STUNMessage) {
        guard let mapped = message.mapped else { return nil }
        self.mapped = mapped
        origin = message.endpoint(STUNAttribute.responseOrigin)
        // Classic servers write it under the number that RFC 3489 had for it.
        other =
            message.endpoint(STUNAttribute.otherAddress)
            ?? message.endpoint(STUNAttribute.changedAddress)
    }

    fileprivate func write(to message: inout STUNWriter, openly: Bool) {
        message.add(STUNAttribute.xorMapped, disguised: mapped)
        if openly { message.add(STUNAttribute.mapped, mapped) }
        if let origin { message.add(STUNAttribute.responseOrigin, origin) }
        if let other { message.add(STUNAttribute.otherAddress, other) }
    }
}
