import Foundation
import TestKit
import Testing

@Suite struct `Files of the page` {
    @Test func `every file of the folder is served`() throws {
        let table = try Page("Sources/ControlAPI/PageRoutes.swift").text
        let folder = projectFolder.appending(path: "Sources/ControlAPI/Page").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains("index.html"))
        for name in names.sorted() {
            #expect(table.contains("PageFile(\"\(name)\","), "add a line for \(name)")
        }
    }
}
