import ArgumentParser
import ControlClient
import ControlModel

struct Tokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Lets programs use the API over the network.",
        discussion: """
            EXAMPLES
              portcullis token create prometheus --scope read --for 365d
              portcullis token list
              portcullis token revoke 1

            A token is shown once, when it is made. Programs send it as "Authorization: Bearer TOKEN".
            Scopes: read looks; operate changes forwards, ends flows and decides requests; admin decides
            who else may do what.
            """,
        subcommands: [Create.self, Tokens.List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it, this once.",
            discussion: """
                EXAMPLE
                  portcullis token create backup --scope operate --for 90d
                """)
        @Argument(help: "What it is for: letters, digits, \".\", \"_\" and \"-\".") var name: String
        @Option(help: "What it may do: read, operate or admin.") var scope = "read"
        @Option(
            name: .customLong("for"),
            help: ArgumentHelp(
                "How long it holds, such as 30d; ten years at most.", valueName: "duration"))
        var duration = "90d"
        @OptionGroup var output: OutputOptions
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            let token = try await socket.client.send(
                .POST, "/v1/tokens", [:],
                Views.TokenBody(name: name, scope: scope, duration: duration),
                as: Views.Token.self)
            try output.show(token) {
                print(token.token ?? "")
                Console.progress("number \(token.number), until \(token.expires); not shown again")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the tokens, without what they are.",
            discussion: """
                EXAMPLE
                  portcullis token list
                """)
        @OptionGroup var output: OutputOptions
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            let answer = try await socket.client.get("/v1/tokens", as: Views.Tokens.self)
            try output.show(answer) {
                guard !answer.tokens.isEmpty else { return print("there are no tokens") }
                var table = TextTable(["NUMBER", "NAME", "SCOPE", "MADE", "ENDS", "LAST USED"])
                for token in answer.tokens {
                    table.add([
                        "\(token.number)", token.name, token.scope, token.created, token.expires,
                        token.lastUsed ?? "never",
                    ])
                }
                table.show()
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a token back.",
            discussion: """
                EXAMPLE
                  portcullis token revoke 1
                """)
        @Argument(help: "The token, by its number in \"portcullis token list\".") var number: Int
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            try await socket.client.order(.DELETE, "/v1/tokens/\(number)")
            print("token \(number) is revoked")
        }
    }
}
