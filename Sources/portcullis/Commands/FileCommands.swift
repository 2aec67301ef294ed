import ArgumentParser
import ControlClient
import ControlModel
import Forwarding

struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what \"apply\" would change.",
        discussion: "EXAMPLE\n  portcullis plan forwards.toml --prune")
    @OptionGroup var file: FileArguments

    func run() async throws { try await file.send(dryRun: true) }
}

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the table say what a file says, in one step.",
        discussion: """
            EXAMPLE
              portcullis export > forwards.toml
              portcullis apply forwards.toml --prune
              portcullis apply forwards.toml --confirm 60s
            """)
    @OptionGroup var file: FileArguments

    @Option(
        help: ArgumentHelp(
            "Go back by itself after this time unless \"portcullis confirm\" follows.",
            valueName: "duration"))
    var confirm: String?

    func run() async throws { try await file.send(dryRun: false, confirm: confirm) }
}

struct FileArguments: ParsableArguments {
    @Argument(help: "A TOML file with [[forward]] tables.", completion: .file(extensions: ["toml"]))
    var file: String
    @Flag(help: "Remove the forwards that the file does not name.") var prune = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func send(dryRun: Bool, confirm: String? = nil) async throws {
        let patience = try confirm.map { try ForwardSpelling.duration($0) }
        let bodies = try ConfigurationFile.read(file).forwards
        if bodies.count > 5000 { Console.progress("sending \(bodies.count) forwards …") }
        var query = ["dry_run": "\(dryRun)", "prune": "\(prune)"]
        query["confirm"] = patience.map { "\($0)" }
        let answer = try await socket.client.send(
            .POST, "/v1/apply", query, ForwardsBody(bodies), as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer) }
    }
}

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the table as the TOML that \"apply\" reads.",
        discussion: "EXAMPLE\n  portcullis export > forwards.toml")
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.get("/v1/forwards", as: Views.Forwards.self)
        let bodies = answer.forwards.map(\.body)
        try output.show(ForwardsBody(bodies)) {
            print("# \(bodies.count) forward(s), table revision \(answer.revision)")
            for body in bodies { print("\n" + ForwardTOML.text(body), terminator: "") }
        }
    }
}

struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the completion script of a shell.",
        discussion: "EXAMPLE\n  portcullis completion bash > /etc/bash_completion.d/portcullis")

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.") var shell: Shell

    func run() throws {
        let form: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        print(Portcullis.completionScript(for: form))
    }
}
