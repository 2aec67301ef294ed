import ArgumentParser
import ControlClient
import ControlModel
import Forwarding
import FoundationEssentials

struct Flows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the flows that forwards carry now, or those that ended last.",
        discussion: """
            EXAMPLES
              portcullis flows
              portcullis flows nas --watch
              portcullis flows nas --ended

            Why a flow ended is told in two letters, and in words. Only those of the relay are
            remembered: the kernel tells nobody why one ended. "portcullis end ID" ends one.
            """)
    @Argument(help: "Only those of one forward.") var name: String?
    @Flag(help: "Show them anew every second until interrupted.") var watch = false
    @Flag(help: "Those that ended last, the newest first, and why.") var ended = false
    @Option(name: [.short, .long], help: "How many of those that ended.") var number = 50
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        repeat {
            if ended { try await showEnded() } else { try await showLiving() }
            if watch { try await Task.sleep(for: .seconds(1)) }
        } while watch
    }

    private func showLiving() async throws {
        let answer = try await socket.client.get(
            "/v1/flows", name.map { ["forward": $0] } ?? [:], as: Views.Flows.self)
        if watch { Console.clearScreen() }
        try output.show(answer) { FlowReport.show(answer) }
    }

    private func showEnded() async throws {
        var query = ["limit": "\(number)"]
        query["forward"] = name
        let answer = try await socket.client.get(
            "/v1/flows/ended", query, as: Views.EndedFlows.self)
        if watch { Console.clearScreen() }
        try output.show(answer) { FlowReport.show(answer) }
    }
}

struct EndFlows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "Ends flows.",
        discussion: """
            EXAMPLES
              portcullis end r0-17-9c02f1
              portcullis end k-1a2b3c4d-5e6f k-77ab01c2-90d3

            "portcullis flows" lists the flows with their IDs. Both sides of a connection are told
            that it is gone, by the kernel as soon as they send something. A client may begin
            another: "portcullis set --deny" keeps it out.
            """)
    @Argument(help: ArgumentHelp("The flows.", valueName: "id")) var ids: [String]
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    /// One that is gone does not keep the others.
    func run() async throws {
        var (ended, problems) = ([Views.Flow](), [Views.Problem]())
        for id in ids {
            do {
                ended.append(
                    try await socket.client.send(
                        .DELETE, "/v1/flows/\(id.percentEncoded)", as: Views.Flow.self))
            } catch let problem as Views.Problem { problems.append(problem) }
        }
        try output.show(Views.Flows(flows: ended)) {
            for flow in ended {
                print("\(flow.id) ended: \(flow.forward), \(flow.client) to \(flow.target)")
            }
        }
        for problem in problems { Console.complain(problem) }
        guard problems.isEmpty else { throw ExitCode(1) }
    }
}
