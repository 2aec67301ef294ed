import Forwarding
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `kill -9 in the middle of commits` {
    /// The child commits a history that its seed decides, and writes down each revision once it has
    /// it; a thread of its own kills it at a random moment.
    ///
    /// What is found then has to be what the same history leads to, no earlier than what was
    /// written down.
    @Test(arguments: Seed.batch(12))
    func `leaves a table that was committed, whole`(seed: Seed) async throws {
        let folder = try StoreFolder()
        try await killed(in: folder.path, seed.value)
        let state = try folder.open().load()
        let written = try Data(contentsOf: URL(filePath: folder.path + "/written"))
        let acknowledged = written.count
        #expect(state.revision >= acknowledged)
        #expect(state.revision <= acknowledged + 1)
        var history = RandomHistory(seed)
        for _ in 0..<state.revision { _ = history.step() }
        #expect(state.table.all.sorted { $0.id < $1.id } == history.table)
    }

    private func killed(in folder: String, _ seed: UInt64) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder, seed] in
            let store = try SQLiteStore(folder: folder)
            let path = folder + "/written"
            try Data().write(to: URL(filePath: path))
            let written = try FileHandle(forWritingTo: URL(filePath: path))
            var gen = Gen(Seed(seed &+ 1))
            let moment = UInt32(gen.int(0...150_000))
            TestKit.Thread.start {
                usleep(moment)
                kill(getpid(), SIGKILL)
            }
            var history = RandomHistory(Seed(seed))
            var revision = 0
            while true {
                revision = try store.commit(history.step(), expecting: revision)
                try written.write(contentsOf: Data([1]))
            }
        }
    }
}
