import ArgumentParser
import ControlClient
import ControlModel

struct Requests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what devices have asked for and nobody has decided yet.",
        discussion: """
            EXAMPLES
              portcullis requests
              portcullis allow 3 --always
              portcullis deny 4
              portcullis requests --refused
              portcullis requests --settled
              portcullis requests --forget 2

            A rule with action = "ask" in the configuration holds the requests of devices until you
            have decided. A device that asked gets its port as soon as you allow it.
            """)
    @Flag(help: "What was refused since the start, by reason, instead.") var refused = false
    @Flag(help: "What you have said for good, instead.") var settled = false
    @Option(
        help: ArgumentHelp(
            "Takes back what you have said for good, by its number in --settled.",
            valueName: "number"))
    var forget: Int?
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        guard forget == nil, !settled else { return try await showSettled() }
        let answer = try await socket.client.get("/v1/requests", as: Views.Requests.self)
        try output.show(answer) {
            guard !refused else { return Self.show(answer.refused) }
            guard !answer.requests.isEmpty else { return print("no device waits for an answer") }
            var table = TextTable([
                "ID", "DEVICE", "PORT", "WISHES", "BY", "FOR", "TIMES", "LAST", "SAYS",
            ])
            for request in answer.requests {
                table.add([
                    "\(request.id)",
                    [request.device, request.mac].compactMap(\.self)
                        .joined(separator: " "),
                    request.ports, request.external.map { "\($0)" } ?? "any", request.protocol,
                    Words.duration(Int64(request.lifetime)), "\(request.count)", request.last,
                    request.comment,
                ])
            }
            table.show()
        }
    }

    private static func show(_ refused: [Views.Refused]) {
        guard !refused.isEmpty else { return print("nothing was refused") }
        var table = TextTable(["TIMES", "LAST", "DEVICE", "BY", "WHY"])
        for entry in refused {
            table.add([
                "\(entry.count)", entry.last, entry.device, entry.protocol, entry.sentence,
            ])
        }
        table.show()
    }

    private func showSettled() async throws {
        let answer =
            if let forget {
                try await socket.client.send(
                    .DELETE, "/v1/consents/\(forget)", as: Views.Consents.self)
            } else {
                try await socket.client.get("/v1/consents", as: Views.Consents.self)
            }
        try output.show(answer) {
            guard !answer.consents.isEmpty else { return print("nothing is settled for good") }
            var table = TextTable(["NUMBER", "DEVICE", "PORT", "ANSWER"])
            for consent in answer.consents {
                table.add([
                    "\(consent.number)", consent.device, consent.port,
                    consent.allowed ? "allow" : "deny",
                ])
            }
            table.show()
        }
    }
}

struct Allow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets a device have the port that it asked for.",
        discussion: """
            EXAMPLES
              portcullis allow 3
              portcullis allow 3 --always

            Once means: for as long as the device keeps asking for it in time.
            """)
    @Argument(help: "The request, by its number in \"portcullis requests\".") var id: Int
    @Flag(help: "Whenever it asks again, too.") var always = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.send(
            .POST, "/v1/requests/\(id)/allow", always ? ["always": "true"] : [:],
            as: Views.Decision.self)
        try output.show(answer) {
            print("\(answer.forward ?? "?") is open at \(answer.external ?? "?")")
        }
    }
}

struct Deny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Refuses a device the port that it asked for.",
        discussion: """
            EXAMPLES
              portcullis deny 4
              portcullis deny 4 --always

            Without --always it is refused for an hour, and asked for anew after that.
            """)
    @Argument(help: "The request, by its number in \"portcullis requests\".") var id: Int
    @Flag(help: "Whenever it asks again, too.") var always = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.send(
            .POST, "/v1/requests/\(id)/deny", always ? ["always": "true"] : [:],
            as: Views.Decision.self)
        try output.show(answer) {
            print("request \(answer.id) is denied\(always ? " for good" : "")")
        }
    }
}
