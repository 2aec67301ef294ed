import Access
import Forwarding

/// Secrets and moments for tests.
enum Made {
    static let now = Timestamp(seconds: 1_800_000_000)

    /// A secret whose bytes are all the same; 32 of them always make one.
    static func secret(_ byte: UInt8) throws -> Secret {
        guard let secret = Secret(bytes: Array(repeating: byte, count: Secret.count)) else {
            throw NoSecret()
        }
        return secret
    }

    struct NoSecret: Error {}
}
