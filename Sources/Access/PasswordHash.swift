internal import Crypto
internal import CryptoExtras

/// The page's password as it is kept: a slow hash with a salt (scrypt, RFC 7914).
package struct PasswordHash: Hashable, Sendable {
    private let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// What one guess costs: time, and 128 · N · r bytes of memory.
    struct Cost: Hashable, Sendable {
        /// N and r and p of RFC 7914.
        var rounds: Int
        var blockSize: Int
        var lanes: Int

        /// 32 MiB; the time is in docs/decisions/0026.
        static let standard = Cost(rounds: 32_768, blockSize: 8, lanes: 3)

        /// No damaged row may ask for more memory than a gateway has.
        var isBearable: Bool {
            (1024...1_048_576).contains(rounds) && rounds & (rounds - 1) == 0
                && (1...16).contains(blockSize) && (1...16).contains(lanes)
                && rounds * blockSize <= 2_097_152
        }
    }

    package static let saltCount = 16
    /// The shortest password, in characters; and the longest, in bytes.
    package static let shortest = 12
    package static let longest = 1024

    /// Takes as long as the cost says; not for a thread that others wait for.
    ///
    /// - Returns: nil where there is not enough memory.
    package init?(_ password: String, salt: [UInt8]) {
        self.init(password, salt: salt, cost: .standard)
    }

    init?(_ password: String, salt: [UInt8], cost: Cost) {
        guard let hash = Self.hash(password, salt, cost) else { return nil }
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }

    /// Takes as long as making it did.
    package func matches(_ password: String) -> Bool {
        guard let other = Self.hash(password, salt, cost) else { return false }
        return areEqual(other, hash)
    }

    /// What scrypt derives is used as a key once more, so that it need not be taken out of its box.
    private static func hash(_ password: String, _ salt: [UInt8], _ cost: Cost) -> [UInt8]? {
        let key = try? KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: SecretDigest.count,
            rounds: cost.rounds, blockSize: cost.blockSize, parallelism: cost.lanes)
        guard let key else { return nil }
        let label = Array("portcullis password".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: label, using: key))
    }

    package static func isLongEnough(_ password: String) -> Bool {
        password.count >= shortest && password.utf8.count <= longest
    }
}

extension PasswordHash {
    /// `scrypt 32768 8 3 SALT HASH`, as it is stored.
    package var text: String {
        let numbers = [cost.rounds, cost.blockSize, cost.lanes].map(String.init)
        return (["scrypt"] + numbers + [Base64URL.text(salt), Base64URL.text(hash)])
            .joined(separator: " ")
    }

    package init?(text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0] == "scrypt", let rounds = Int(words[1]),
            let blockSize = Int(words[2]), let lanes = Int(words[3]),
            let salt = Base64URL.bytes(words[4]), let hash = Base64URL.bytes(words[5])
        else { return nil }
        let cost = Cost(rounds: rounds, blockSize: blockSize, lanes: lanes)
        guard cost.isBearable, salt.count >= 8, hash.count == SecretDigest.count else {
            return nil
        }
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }
}
