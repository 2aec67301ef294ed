import ArgumentParser
import ControlClient
import ControlModel

struct WAN: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wan",
        abstract: "Says what stands between here and the internet, and what to do about it.",
        discussion: """
            For each WAN: its address and of what kind it is, how STUN servers see it, what translates
            in front (nothing, a router, the provider), how ports are mapped and who gets in, and the
            verdict. A server with two addresses tells all of it, two servers with one each tell the
            mapping; "portcullis stun-server" runs one. It takes up to five seconds. Exit code 0: nothing
            is known to stand in the way of forwards; 1: something does.

            EXAMPLES
              portcullis wan
              portcullis wan --stun stun.example.net
              portcullis wan --stun 192.0.2.7:3478 --stun stun.example.org -o json
            """)
    @Option(
        help: ArgumentHelp(
            "A STUN server to ask in place of the configured ones; may be given several times.",
            valueName: "host:port"))
    var stun: [String] = []
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        Console.progress("asking how the internet sees each WAN …")
        let query = stun.isEmpty ? [:] : ["stun": stun.joined(separator: ",")]
        let answer = try await socket.client.get("/v1/wan", query, as: Views.WANs.self)
        try output.show(answer) { WANReport.show(answer) }
        if !answer.isWell { throw ExitCode(1) }
    }
}
