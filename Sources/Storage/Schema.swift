import GRDB

/// The tables of the database, made step by step.
///
/// A step that has been released is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: forwards, history, activity, totals") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2: a change that awaits its confirmation") { database in
            try database.execute(
                sql: "CREATE TABLE pending (base INTEGER NOT NULL, deadline INTEGER NOT NULL)")
        }
        migrator.registerMigration("3: schedules, limits, months") { database in
            try database.execute(sql: third)
        }
        migrator.registerMigration("4: what only a relay keeps") { database in
            for table in ["forward", "history"] {
                try database.execute(
                    sql: "ALTER TABLE \(table) ADD COLUMN relay TEXT NOT NULL DEFAULT ''")
            }
        }
        migrator.registerMigration("5: what devices ask for") { database in
            try database.execute(sql: fifth)
        }
        migrator.registerMigration("6: routers in front") { database in
            for table in ["forward", "history"] {
                try database.execute(
                    sql: "ALTER TABLE \(table) ADD COLUMN upstream INTEGER NOT NULL DEFAULT 0")
            }
        }
        migrator.registerMigration("7: who may use the API") { database in
            try database.execute(sql: seventh)
        }
        migrator.registerMigration("8: when forwards were used last") { database in
            try database.execute(sql: "ALTER TABLE total ADD COLUMN last_used INTEGER")
        }
        return migrator
    }

    /// `digest` is the SHA-256 of a secret that nobody but its owner has; `credential` has one row.
    private static let seventh = """
        CREATE TABLE token (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scope TEXT NOT NULL,
            digest BLOB NOT NULL UNIQUE, created INTEGER NOT NULL, expires INTEGER NOT NULL,
            last_used INTEGER);
        CREATE TABLE session (
            digest BLOB PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL,
            last_seen INTEGER NOT NULL);
        CREATE TABLE credential (
            next_token INTEGER NOT NULL, password TEXT, totp_secret BLOB, totp_on INTEGER,
            totp_step INTEGER);
        """

    /// `month` is the year times twelve and the month from 0; `month_base` what the forward had
    /// carried by then, in bytes.
    private static let third =
        ["forward", "history"].map { table in
            """
            ALTER TABLE \(table) ADD COLUMN schedule TEXT;
            ALTER TABLE \(table) ADD COLUMN closing TEXT NOT NULL DEFAULT 'end';
            ALTER TABLE \(table) ADD COLUMN limits TEXT NOT NULL DEFAULT '';

            """
        }.joined() + """
            ALTER TABLE total ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE total ADD COLUMN seen_limited INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE total ADD COLUMN month INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE total ADD COLUMN month_base INTEGER NOT NULL DEFAULT 0;
            """

    /// `since` is when the epoch that devices are told began, and `address` the external address then.
    private static let fifth = """
        ALTER TABLE forward ADD COLUMN lease TEXT NOT NULL DEFAULT '';
        ALTER TABLE history ADD COLUMN lease TEXT NOT NULL DEFAULT '';
        CREATE TABLE consent (
            device TEXT NOT NULL, transport TEXT NOT NULL, port INTEGER NOT NULL,
            allowed INTEGER NOT NULL);
        CREATE TABLE epoch (since INTEGER NOT NULL, address TEXT);
        """

    private static let forwardColumns = """
        name TEXT NOT NULL, transports TEXT NOT NULL, ports TEXT NOT NULL, on_interface TEXT,
        at_address TEXT, target TEXT NOT NULL, allow TEXT NOT NULL, deny TEXT NOT NULL,
        hairpin INTEGER NOT NULL, source TEXT NOT NULL, nat6 INTEGER NOT NULL, ends INTEGER,
        enabled INTEGER NOT NULL, comment TEXT NOT NULL, origin TEXT NOT NULL,
        creator TEXT NOT NULL, created INTEGER NOT NULL
        """

    /// `history` holds, for each change of each revision, the forward before and after it: from it
    /// any earlier table can be put together.
    private static let first = """
        CREATE TABLE forward (id INTEGER PRIMARY KEY, \(forwardColumns), UNIQUE (name));
        CREATE TABLE revision (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL,
            origin TEXT NOT NULL, changes INTEGER NOT NULL);
        CREATE TABLE history (
            revision INTEGER NOT NULL REFERENCES revision (number), is_after INTEGER NOT NULL,
            id INTEGER NOT NULL, \(forwardColumns));
        CREATE INDEX history_revision ON history (revision);
        CREATE TABLE activity (
            number INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, who TEXT NOT NULL,
            origin TEXT NOT NULL, kind TEXT NOT NULL, forward TEXT, detail TEXT NOT NULL,
            revision INTEGER);
        CREATE INDEX activity_forward ON activity (forward);
        CREATE TABLE total (
            id INTEGER PRIMARY KEY REFERENCES forward (id) ON DELETE CASCADE,
            flows INTEGER NOT NULL, packets_in INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
            packets_out INTEGER NOT NULL, bytes_out INTEGER NOT NULL, denied INTEGER NOT NULL,
            seen_flows INTEGER NOT NULL, seen_packets_in INTEGER NOT NULL,
            seen_bytes_in INTEGER NOT NULL, seen_packets_out INTEGER NOT NULL,
            seen_bytes_out INTEGER NOT NULL, seen_denied INTEGER NOT NULL);
        CREATE TABLE resolved (host TEXT PRIMARY KEY, v4 TEXT, v6 TEXT);
        """
}
