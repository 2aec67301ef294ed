import Addressing
import Crypto
import Forwarding
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate that the gateway makes for itself: nobody vouches for it but the one who sees it first.
struct OwnCertificate {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey

    /// Two years, in days: more than 825 are refused by some systems, whoever vouches.
    private static let validDays: Int64 = 730
    /// Made anew when fewer are left.
    private static let leastDays: Int64 = 30
    private static let day: Int64 = 86_400

    init(_ facts: ListenerFacts, key: P256.Signing.PrivateKey, at now: Timestamp) throws {
        let name = try DistinguishedName { CommonName("Portcullis on \(facts.machine)") }
        self.key = key
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            // Clocks of phones go behind.
            notValidBefore: (now + -Self.day).date,
            notValidAfter: (now + Self.validDays * Self.day).date,
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(Self.names(facts))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// One that was made before; nil where the two do not belong together.
    init?(certificate: String, key: String) {
        guard let certificate = try? Certificate(pemEncoded: certificate),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: key),
            certificate.publicKey == Certificate.PublicKey(key.publicKey)
        else { return nil }
        (self.certificate, self.key) = (certificate, key)
    }

    /// Whether it is for these names, and for long enough.
    func isGood(for facts: ListenerFacts, at now: Timestamp) -> Bool {
        let found = try? certificate.extensions.subjectAlternativeNames
        guard let found, Set(found) == Set(Self.names(facts)) else { return false }
        return certificate.notValidBefore <= now.date
            && (now + Self.leastDays * Self.day).date < certificate.notValidAfter
    }

    private static func names(_ facts: ListenerFacts) -> [GeneralName] {
        facts.allNames.map { GeneralName.dnsName($0) }
            + facts.allAddresses.map {
                GeneralName.ipAddress(ASN1OctetString(contentBytes: ArraySlice($0.octets)))
            }
    }

    var certificateText: String {
        get throws { try certificate.serializeAsPEM().pemString + "\n" }
    }

    var keyText: String { key.pemRepresentation + "\n" }
}

extension Timestamp {
    fileprivate var date: Date { Date(timeIntervalSince1970: Double(seconds)) }
}
