import Forwarding
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `A full disk` {
    /// A file system of one megabyte, mounted for one test.
    private final class SmallDisk {
        let path: String

        init() throws {
            path =
                FileManager.default.temporaryDirectory
                .appending(path: "disk-\(UUID().uuidString)").path
            try Command.shell("mkdir \(path); mount -t tmpfs -o size=1m none \(path)")
        }

        deinit { _ = try? Command.shell("umount -l \(path); rmdir \(path)") }

        /// Takes all the room that is left.
        func fill() throws { _ = try Command.run(["sh", "-c", "cat /dev/zero > \(path)/filler"]) }

        func free() throws { try FileManager.default.removeItem(atPath: path + "/filler") }
    }

    private static func isNotWritable(_ error: any Error) -> Bool {
        guard case StoreError.notWritable = error else { return false }
        return true
    }

    private static func draft(_ number: UInt16) -> Forward {
        Sample.forward(number, Sample.draft("f\(number)"))
    }

    /// Commits until the disk has no room.
    ///
    /// - Returns: the last revision that was kept.
    private static func commitUntilFull(_ store: SQLiteStore) throws -> Int {
        for number in 1...UInt16.max {
            do throws(StoreError) {
                try store.add([draft(number)], expecting: Int(number) - 1)
            } catch {
                #expect(isNotWritable(error))
                return Int(number) - 1
            }
        }
        throw Command.Failure(description: "the disk has no end")
    }

    @Test func `the table that was committed stays, and work goes on when there is room`() throws {
        let disk = try SmallDisk()
        let store = try SQLiteStore(folder: disk.path)
        try store.add([Self.draft(1), Self.draft(2)])
        try disk.fill()
        // Pages of the log that are there already may still take a commit or two.
        var revision = 1
        #expect {
            for number in 3...2000 as ClosedRange<UInt16> {
                try store.add([Self.draft(number)], expecting: revision)
                revision += 1
            }
        } throws: {
            Self.isNotWritable($0)
        }
        let forwards = (1...UInt16(revision + 1)).map(Self.draft)
        #expect(try store.load().revision == revision)
        #expect(try store.forwards() == forwards)
        #expect(throws: StoreError.self) { try store.note([.sample("nas")]) }
        try disk.free()
        #expect(try store.add([Self.draft(5000)], expecting: revision) == revision + 1)
        #expect(try store.forwards() == forwards + [Self.draft(5000)])
    }

    @Test func `after opening again the last committed table is there, never an empty one`() throws
    {
        let disk = try SmallDisk()
        var store: SQLiteStore? = try SQLiteStore(folder: disk.path)
        let revision = try store.map(Self.commitUntilFull) ?? 0
        #expect(revision > 10)
        store = nil
        let forwards = (1...UInt16(revision)).map(Self.draft)
        // Still full: the store says so, or has the whole table.
        do throws(StoreError) {
            #expect(try SQLiteStore(folder: disk.path).forwards() == forwards)
        } catch { #expect(Self.isNotWritable(error)) }
        try Command.shell("mount -o remount,size=8m \(disk.path)")
        store = try SQLiteStore(folder: disk.path)
        #expect(try store?.forwards() == forwards)
        #expect(try store?.load().revision == revision)
        #expect(try store?.add([Self.draft(60000)], expecting: revision) == revision + 1)
    }
}
