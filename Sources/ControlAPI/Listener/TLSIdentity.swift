import Crypto
package import Forwarding
import FoundationEssentials
import NIOCore
import NIOSSL
import Synchronization

/// What the gateway shows to those who connect over TLS: the operator's certificate, or its own.
///
/// Both may change while it runs: the next connection gets the new one.
package final class TLSIdentity: Sendable {
    /// Where it comes from.
    package enum Source: Sendable {
        /// `api.crt` and `api.key` in a folder, made where they are not there or not good any more.
        case own(folder: String)
        case files(certificate: String, key: String)
    }

    package enum Failure: Error, Hashable, Sendable {
        case unreadable(path: String)
        case notWritable(path: String)
        /// The file is there, and not what it should be.
        case unusable(path: String, what: String)
    }

    private struct Pair: Sendable {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
    }

    private let source: Source
    private let facts: ListenerFacts
    private let current: Mutex<Pair>

    package init(
        _ source: Source, for facts: ListenerFacts, at now: Timestamp
    ) throws(Failure) {
        self.source = source
        self.facts = facts
        current = Mutex(try Self.load(source, facts, now))
    }

    /// Reads the operator's files again, or makes a new certificate where the old one ends soon.
    package func refresh(at now: Timestamp) throws(Failure) {
        let pair = try Self.load(source, facts, now)
        current.withLock { $0 = pair }
    }

    /// Whether browsers warn of it.
    var isOwn: Bool {
        switch source {
        case .own: true
        case .files: false
        }
    }

    /// TLS 1.2 and later; what is shown is looked up for each connection.
    var configuration: TLSConfiguration {
        let pair = current.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in
            let pair = current.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = pair.chain.map { .certificate($0) }
            override.privateKey = .privateKey(pair.key)
            promise.succeed(override)
        }
        return configuration
    }

    private static func load(
        _ source: Source, _ facts: ListenerFacts, _ now: Timestamp
    ) throws(Failure) -> Pair {
        switch source {
        case .own(let folder):
            let own = try own(in: folder, facts, now)
            guard let certificate = try? own.certificateText else {
                throw .unusable(path: folder, what: "certificate")
            }
            return try pair(certificate, folder, own.keyText, folder)
        case .files(let certificate, let key):
            return try pair(try text(certificate), certificate, try text(key), key)
        }
    }

    private static func pair(
        _ certificate: String, _ path: String, _ key: String, _ keyPath: String
    ) throws(Failure) -> Pair {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)),
            let first = chain.first
        else { throw .unusable(path: path, what: "no certificate in PEM") }
        guard let key = try? NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem) else {
            throw .unusable(path: keyPath, what: "no private key in PEM, without a password")
        }
        guard fits(first, chain, key) else {
            throw .unusable(path: keyPath, what: "not the key of \(path)")
        }
        return Pair(chain: chain, key: key)
    }

    /// The library compares the two when it makes a context of them.
    private static func fits(
        _ first: NIOSSLCertificate, _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey
    ) -> Bool {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        return (try? NIOSSLContext(configuration: configuration)) != nil
    }
}

/// The gateway's own certificate in the file system.
extension TLSIdentity {
    private static func own(
        in folder: String, _ facts: ListenerFacts, _ now: Timestamp
    ) throws(Failure) -> OwnCertificate {
        let (path, keyPath) = (folder + "/api.crt", folder + "/api.key")
        let keyText = try? text(keyPath)
        if let keyText, let certificate = try? text(path),
            let own = OwnCertificate(certificate: certificate, key: keyText),
            own.isGood(for: facts, at: now)
        {
            return own
        }
        // The key stays where there is one.
        let key = keyText.flatMap { try? P256.Signing.PrivateKey(pemRepresentation: $0) }
        guard let own = try? OwnCertificate(facts, key: key ?? P256.Signing.PrivateKey(), at: now),
            let certificate = try? own.certificateText
        else { throw .unusable(path: path, what: "not to be made") }
        try write(own.keyText, to: keyPath)
        try write(certificate, to: path)
        return own
    }

    private static func text(_ path: String) throws(Failure) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            let text = String(validating: data, as: UTF8.self)
        else { throw .unreadable(path: path) }
        return text
    }

    /// For its owner only, from the first moment: the daemon lets nobody else at its new files.
    private static func write(_ text: String, to path: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch { throw .notWritable(path: path) }
    }
}
