import Forwarding
import Foundation
import GRDB
import Storage
import TestKit

/// A folder for one store, taken away with this value.
final class StoreFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/portcullis.sqlite" }
    var copy: String { database + ".copy" }

    func open() throws(StoreError) -> SQLiteStore { try SQLiteStore(folder: path) }

    /// What stands in each file, by its name.
    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            contents[name] = try Data(contentsOf: URL(filePath: path + "/" + name))
        }
        return contents
    }

    /// Works on the file as another program would.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: database).write { try $0.execute(sql: sql) }
    }

    func number(_ sql: String) throws -> Int? {
        try DatabaseQueue(path: database).read { try Int.fetchOne($0, sql: sql) }
    }

    /// Makes a store with forwards in it, and closes it.
    ///
    /// Its pages are many.
    @discardableResult
    func filled(_ count: UInt16 = 300) throws -> [Forward] {
        let forwards = (1...count).map { Sample.forward($0, Sample.draft("f\($0)")) }
        try open().add(forwards)
        return forwards
    }
}

extension Requester {
    static let tester = Requester(name: "tester", origin: .operator)
}

extension SQLiteStore {
    /// Commits without a word in the record.
    @discardableResult
    func commit(_ changes: [ForwardChange], expecting revision: Int) throws(StoreError) -> Int {
        try commit(
            changes, by: .tester, at: Sample.now, expecting: revision, noting: [], pending: nil)
    }

    @discardableResult
    func add(_ forwards: [Forward], expecting revision: Int = 0) throws(StoreError) -> Int {
        try commit(forwards.map(ForwardChange.added), expecting: revision)
    }

    func forwards() throws(StoreError) -> [Forward] {
        try load().table.all.sorted { $0.id < $1.id }
    }
}
