import Addressing
package import Forwarding
import GRDB

/// What the requests of devices leave behind besides their forwards.
extension SQLiteStore {
    package func save(_ consents: [LeaseConsent]) throws(StoreError) {
        try writing { database in
            try database.execute(sql: "DELETE FROM consent")
            for consent in consents {
                try database.execute(
                    sql: "INSERT INTO consent VALUES (?, ?, ?, ?)",
                    arguments: [
                        consent.device.description, consent.transport.name, Int(consent.port),
                        consent.isAllowed,
                    ])
            }
        }
    }

    static func consents(_ database: Database) throws -> [LeaseConsent] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT device, transport, port, allowed FROM consent ORDER BY rowid")
        return try rows.map { row in
            guard let device = LeaseDevice(try row.decode(String.self, atIndex: 0)),
                let transport = TransportProtocol(
                    named: try row.decode(String.self, atIndex: 1)),
                let port = UInt16(exactly: try row.decode(Int.self, atIndex: 2))
            else { throw StoreError.unreadable(forward: "a consent") }
            return LeaseConsent(
                device: device, transport: transport, port: port,
                isAllowed: try row.decode(atIndex: 3))
        }
    }

    package func save(_ epoch: LeaseEpoch) throws(StoreError) {
        try writing { database in
            try database.execute(sql: "DELETE FROM epoch")
            try database.execute(
                sql: "INSERT INTO epoch VALUES (?, ?)",
                arguments: [epoch.since.seconds, epoch.address?.description])
        }
    }

    static func epoch(_ database: Database) throws -> LeaseEpoch? {
        guard let row = try Row.fetchOne(database, sql: "SELECT since, address FROM epoch") else {
            return nil
        }
        let address: String? = try row.decode(atIndex: 1)
        return LeaseEpoch(
            since: Timestamp(seconds: try row.decode(atIndex: 0)),
            address: address.flatMap { IPv4Address($0) })
    }
}
