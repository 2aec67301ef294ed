internal import Crypto
package import Forwarding

/// Codes that change every 30 seconds (RFC 6238), as authenticator programs show them.
///
/// The secret has to be known to check a code, so the store has it as it is.
package struct TOTP: Hashable, Sendable {
    package let secret: [UInt8]
    /// Whether signing in by password asks for a code.
    package var isOn: Bool
    /// The step of the last code that was taken: none is taken twice.
    package var lastStep: Int64

    package init(secret: [UInt8], isOn: Bool = false, lastStep: Int64 = -1) {
        self.secret = secret
        self.isOn = isOn
        self.lastStep = lastStep
    }

    /// 160 bits, as RFC 4226 section 4 recommends.
    package static let secretCount = 20

    /// In seconds.
    static let period: Int64 = 30

    /// Whether the code is that of now, or of a step before or after, and later than the last one.
    package mutating func accept(_ code: String, at now: Timestamp) -> Bool {
        let given = Array(code.utf8)
        let step = now.seconds / Self.period
        // All are compared, whichever it is.
        let steps = (step - 1...step + 1).filter { areEqual(Array(self.code(at: $0).utf8), given) }
        guard let taken = steps.last, taken > lastStep else { return false }
        lastStep = taken
        return true
    }

    /// Six digits (RFC 4226 section 5.3).
    package func code(at step: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let key = SymmetricKey(data: secret)
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let digits = String((number & 0x7fff_ffff) % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// What an authenticator reads, as text or as the square picture of it.
    package func address(of gateway: String) -> String {
        "otpauth://totp/Portcullis:\(gateway)?secret=\(Base32.text(secret))&issuer=Portcullis"
    }
}
