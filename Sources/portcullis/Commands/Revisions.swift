import ArgumentParser
import ControlClient
import ControlModel

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the revisions of the table, the newest last.",
        discussion: "EXAMPLE\n  portcullis history --number 10")
    @Option(name: [.short, .long], help: "How many revisions.") var number = 50
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.get(
            "/v1/revisions", ["limit": "\(number)"], as: Views.Revisions.self)
        try output.show(answer) {
            var table = TextTable(["REVISION", "TIME", "WHO", "FROM", "CHANGES"])
            for revision in answer.revisions.reversed() {
                table.add([
                    "\(revision.number)", revision.time, revision.who, revision.origin,
                    "\(revision.changes)",
                ])
            }
            table.show()
        }
    }
}

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what is different between two revisions.",
        discussion: "EXAMPLES\n  portcullis diff 3 7\n  portcullis diff 3")
    @Argument(help: "The earlier revision.") var from: Int
    @Argument(help: "The later one (default: the table of now).") var to: Int?
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        var query = ["from": "\(from)"]
        query["to"] = to.map { "\($0)" }
        let answer = try await socket.client.get("/v1/difference", query, as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer, of: .past) }
    }
}

struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the table what it was.",
        discussion: """
            Without a revision it goes back before the last change, or before the one that awaits its
            confirmation. Going back is a change like any other: it can be undone in the same way.

            EXAMPLES
              portcullis rollback --dry-run
              portcullis rollback 12
            """)
    @Argument(help: "The revision (see \"portcullis history\").") var revision: Int?
    @Flag(help: "Say what would happen, and change nothing.") var dryRun = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        var query = ["dry_run": "\(dryRun)"]
        query["to"] = revision.map { "\($0)" }
        let answer = try await socket.client.send(
            .POST, "/v1/rollback", query, as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer) }
    }
}

struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keeps a change that was made with \"apply --confirm\".",
        discussion: "EXAMPLE\n  portcullis apply forwards.toml --confirm 60s\n  portcullis confirm")
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.send(.POST, "/v1/confirm", as: Views.Changes.self)
        print("confirmed: the table stays at revision \(answer.revision)")
    }
}
