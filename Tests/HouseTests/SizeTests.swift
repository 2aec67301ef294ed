import Foundation
import TestKit
import Testing

@Suite struct `Files` {
    private static let folders = ["Sources", "Tests"]

    /// Tables of constants: long, and read like a list.
    private static func isTable(_ path: String) -> Bool { path.contains("ServiceCatalogue+") }

    @Test func `a file tells one story: 300 lines at most, 400 for a table`() throws {
        for file in try Self.folders.flatMap({ try SourceFile.all(in: $0) }) {
            let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
            let limit = Self.isTable(file.path) ? 400 : 300
            #expect(count <= limit, "\(file.path) has \(count) lines; take a story out of it")
        }
    }

    @Test func `a line is 100 columns wide at most`() throws {
        for file in try Self.folders.flatMap({ try SourceFile.all(in: $0) }) {
            // Texts that are printed may not be broken.
            let wide = file.places { $0.count > 100 }
            #expect(wide.isEmpty, "swift format would break it")
        }
    }

    @Test func `no file knows the machine that it was written on`() throws {
        let homes = ["Users", "home", "work"].map { "/\($0)/" }
        let folders = [
            "Sources", "Tests", "docs", "scripts", "man", "contrib", "Benchmarks", "Fuzz", ".ci",
        ]
        let top = try FileManager.default.contentsOfDirectory(atPath: projectFolder.path)
            .filter { $0.hasSuffix(".md") || ["Makefile", "Package.swift"].contains($0) }
        let there = folders.filter {
            FileManager.default.fileExists(atPath: projectFolder.appending(path: $0).path)
        }
        for path in try there.flatMap({ try SourceFile.paths(in: $0) }) + top {
            let data = try Data(contentsOf: projectFolder.appending(path: path))
            let text = String(decoding: data, as: UTF8.self)
            for home in homes {
                #expect(!text.contains(home), "\(path) names a folder under \(home)")
            }
        }
    }

    @Test func `tests wait for conditions, never for time to pass`() throws {
        // The one place where waiting is made of time.
        let waiting = "Tests/TestKit/Command.swift"
        for file in try SourceFile.all(in: "Tests") where file.path != waiting {
            let found = file.places { line in
                !line.words(before: "(").isDisjoint(with: ["sleep", "nanosleep"])
            }
            #expect(found.isEmpty, "use eventually(within:)")
        }
    }

    @Test func `no test is skipped`() throws {
        for file in try SourceFile.all(in: "Tests") {
            let found = file.places { $0.contains(".disabled(") || $0.contains("XCTSkip") }
            #expect(found.isEmpty, "a lab that cannot be made is a failure, never a skip")
        }
    }
}
