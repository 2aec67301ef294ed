import Forwarding
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `A damaged store` {
    /// Overwrites part of a file with random bytes.
    private static func scribble(
        over path: String, from start: Double, bytes count: Int, _ gen: inout Gen
    ) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: UInt64(Double(size) * start))
        try file.write(
            contentsOf: Data((0..<count).map { _ in UInt8(truncatingIfNeeded: gen.next()) }))
        try file.close()
    }

    private static func isDamaged(_ error: any Error, _ folder: StoreFolder) -> Bool {
        guard case StoreError.damaged(folder.database, _) = error else { return false }
        return true
    }

    @Test(arguments: Seed.batch(12))
    func `random bytes over the header are found at opening, and nothing is changed`(
        seed: Seed
    ) throws {
        var gen = Gen(seed)
        let folder = try StoreFolder()
        try folder.filled()
        try Self.scribble(over: folder.database, from: 0, bytes: gen.int(16...4096), &gen)
        try Self.expectUntouched(folder)
    }

    @Test(arguments: Seed.batch(12))
    func `random bytes over the middle are found at opening, and nothing is changed`(
        seed: Seed
    ) throws {
        var gen = Gen(seed)
        let folder = try StoreFolder()
        try folder.filled()
        let start = Double(gen.int(20...60)) / 100
        try Self.scribble(over: folder.database, from: start, bytes: 16384, &gen)
        try Self.expectUntouched(folder)
    }

    @Test func `a file cut short is found at opening, and nothing is changed`() throws {
        let folder = try StoreFolder()
        try folder.filled()
        let file = try FileHandle(forUpdating: URL(filePath: folder.database))
        try file.truncate(atOffset: file.seekToEnd() / 2)
        try file.close()
        try Self.expectUntouched(folder)
    }

    private static func expectUntouched(_ folder: StoreFolder) throws {
        let before = try folder.contents()
        #expect {
            try folder.open()
        } throws: {
            isDamaged($0, folder)
        }
        let after = try folder.contents()
        let names = ["portcullis.sqlite", "portcullis.sqlite.copy"]
        for name in names { #expect(before[name] == after[name], "\(name) was changed") }
    }

    @Test func `the copy in its place gives the table of the last start back`() throws {
        var gen = Gen(Seed(7))
        let folder = try StoreFolder()
        let forwards = try folder.filled()
        // The copy is made at a start, so that it lags behind by what came since.
        try folder.open().add([Sample.forward(999, Sample.draft("late"))], expecting: 1)
        try Self.scribble(over: folder.database, from: 0, bytes: 4096, &gen)
        #expect(throws: StoreError.self) { try folder.open() }
        try FileManager.default.removeItem(atPath: folder.database)
        try FileManager.default.copyItem(atPath: folder.copy, toPath: folder.database)
        let store = try folder.open()
        #expect(try store.forwards() == forwards)
        #expect(try store.commit([.removed(forwards[0])], expecting: 1) == 2)
        #expect(try folder.open().load().revision == 2)
    }

    @Test func `a vanished file is missed while its copy is there`() throws {
        let folder = try StoreFolder()
        let forwards = try folder.filled()
        withExtendedLifetime(try folder.open()) {}
        try FileManager.default.removeItem(atPath: folder.database)
        for _ in 0..<2 {
            #expect(throws: StoreError.vanished(path: folder.database, copy: folder.copy)) {
                try folder.open()
            }
            #expect(!FileManager.default.fileExists(atPath: folder.database))
        }
        try FileManager.default.copyItem(atPath: folder.copy, toPath: folder.database)
        #expect(try folder.open().forwards() == forwards)
    }

    @Test func `without a copy, a folder without a file is a new store`() throws {
        let folder = try StoreFolder()
        try folder.filled(1)
        try FileManager.default.removeItem(atPath: folder.database)
        try FileManager.default.removeItem(atPath: folder.copy)
        #expect(try folder.open().forwards().isEmpty)
    }

    @Test func `a file from the future is left alone`() throws {
        let folder = try StoreFolder()
        let forwards = try folder.filled(3)
        try folder.execute("INSERT INTO grdb_migrations VALUES ('99: leases')")
        #expect(throws: StoreError.fromTheFuture(path: folder.database)) { try folder.open() }
        try folder.execute("DELETE FROM grdb_migrations WHERE identifier LIKE '99:%'")
        #expect(try folder.open().forwards() == forwards)
    }

    @Test func `the folder and its files are closed to others`() throws {
        let parent = try StoreFolder()
        let folder = parent.path + "/state/portcullis"
        _ = try SQLiteStore(folder: folder)
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test func `a folder that cannot be made is said to be not writable`() throws {
        let parent = try StoreFolder()
        let file = parent.path + "/file"
        try Data().write(to: URL(filePath: file))
        #expect {
            try SQLiteStore(folder: file + "/state")
        } throws: { error in
            guard case StoreError.notWritable = error else { return false }
            return true
        }
    }
}
