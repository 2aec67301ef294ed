internal import Crypto

/// The SHA-256 of a secret: what is kept in its place.
///
/// A fast hash is enough, since a secret has 256 random bits: nobody finds it by trying.
package struct SecretDigest: Hashable, Sendable {
    package let bytes: [UInt8]

    static let count = 32

    /// Nil for anything but 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    init(of text: [UInt8]) { bytes = Array(SHA256.hash(data: text)) }

    /// Takes the same time wherever the first difference is.
    package static func == (left: Self, right: Self) -> Bool {
        areEqual(left.bytes, right.bytes)
    }
}

/// Whether two texts are the same, in a time that depends on their lengths only.
func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
