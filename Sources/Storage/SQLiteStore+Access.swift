package import Access
import Forwarding
import Foundation
import GRDB

/// Who may use the API.
///
/// Secrets are kept as their hashes. The secret of the six digits is kept as it is: without it no code
/// could be checked.
extension SQLiteStore {
    package func save(
        _ access: AccessState, noting activity: [Activity]
    ) throws(StoreError) {
        try writing { database in
            for table in ["token", "session", "credential"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            for token in access.tokens { try Self.insert(token, database) }
            for session in access.sessions {
                try database.execute(
                    sql: "INSERT INTO session VALUES (?, ?, ?, ?)",
                    arguments: [
                        session.digest.bytes.data, session.name, session.created.seconds,
                        session.lastSeen.seconds,
                    ])
            }
            try database.execute(
                sql: "INSERT INTO credential VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    access.nextNumber, access.password?.text, access.totp?.secret.data,
                    access.totp?.isOn, access.totp?.lastStep,
                ])
            try Self.write(activity, database)
        }
    }

    private static func insert(_ token: AccessToken, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                token.number, token.name, token.scope.rawValue, token.digest.bytes.data,
                token.created.seconds, token.expires.seconds, token.lastUsed?.seconds,
            ])
    }

    static func access(_ database: Database) throws -> AccessState {
        let tokens = try Row.fetchAll(
            database,
            sql: """
                SELECT number, name, scope, digest, created, expires, last_used FROM token
                ORDER BY number
                """)
        let sessions = try Row.fetchAll(
            database, sql: "SELECT digest, name, created, last_seen FROM session ORDER BY created")
        let credential = try Row.fetchOne(
            database,
            sql: """
                SELECT next_token, password, totp_secret, totp_on, totp_step FROM credential
                """)
        return AccessState(
            tokens: try tokens.map(token), sessions: try sessions.map(session),
            password: try credential.flatMap(password), totp: try credential.flatMap(totp),
            nextNumber: try credential?.decode(atIndex: 0) ?? 1)
    }

    private static func token(_ row: Row) throws -> AccessToken {
        guard let scope = Scope(rawValue: try row.decode(atIndex: 2)),
            let digest = SecretDigest(bytes: Array(try row.decode(Data.self, atIndex: 3)))
        else { throw StoreError.unreadable(forward: "a token") }
        let used: Int64? = try row.decode(atIndex: 6)
        return AccessToken(
            number: try row.decode(atIndex: 0), name: try row.decode(atIndex: 1), scope: scope,
            digest: digest, created: Timestamp(seconds: try row.decode(atIndex: 4)),
            expires: Timestamp(seconds: try row.decode(atIndex: 5)),
            lastUsed: used.map { Timestamp(seconds: $0) })
    }

    private static func session(_ row: Row) throws -> Session {
        guard let digest = SecretDigest(bytes: Array(try row.decode(Data.self, atIndex: 0))) else {
            throw StoreError.unreadable(forward: "a session")
        }
        return Session(
            digest: digest, name: try row.decode(atIndex: 1),
            created: Timestamp(seconds: try row.decode(atIndex: 2)),
            lastSeen: Timestamp(seconds: try row.decode(atIndex: 3)))
    }

    private static func password(_ row: Row) throws -> PasswordHash? {
        guard let text = try row.decode(String?.self, atIndex: 1) else { return nil }
        guard let password = PasswordHash(text: text) else {
            throw StoreError.unreadable(forward: "the password")
        }
        return password
    }

    private static func totp(_ row: Row) throws -> TOTP? {
        guard let secret = try row.decode(Data?.self, atIndex: 2) else { return nil }
        return TOTP(
            secret: Array(secret), isOn: try row.decode(atIndex: 3),
            lastStep: try row.decode(atIndex: 4))
    }
}

extension [UInt8] {
    fileprivate var data: Data { Data(self) }
}
