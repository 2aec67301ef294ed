import ArgumentParser
import ControlClient
import ControlModel
import Forwarding

struct TracePacket: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Says step by step what would happen to a packet, and why.",
        discussion: """
            Follows the first packet of a flow through the forwards, the rules of other programs,
            the routes, to the target and back. FROM is the client; TO is :PORT/PROTOCOL for the
            WAN's address, ADDRESS:PORT/PROTOCOL, or the name of a forward. The last line says why,
            and what to do. Exit code 0 when the packet would arrive for certain, 1 when it would
            not or cannot be told.

            With --live one packet is made that comes in by the interface as if its wire had
            brought it, and what the kernel does with it stands beside the prediction.

            EXAMPLES
              portcullis trace 198.51.100.7 :8443/tcp
              portcullis trace 192.168.7.20 nas --from-lan
              portcullis trace 2001:db8::7 [2001:db8:7::10]:443/tcp
              portcullis trace 198.51.100.7 203.0.113.5:8443/tcp --live
            """)

    @Argument(
        help: ArgumentHelp("The client: an address, with a port if wanted.", valueName: "FROM"))
    var from: String
    @Argument(help: ArgumentHelp("Where it sends to.", valueName: "TO"))
    var to: String

    @Flag(help: "The packet comes from inside: by the interface whose subnet holds FROM.")
    var fromLan = false
    @Option(
        help: ArgumentHelp(
            "The interface that the packet comes in by (default: the WAN's).", valueName: "iface"))
    var on: String?
    @Flag(help: "Make such a packet and have the kernel show what it does with it.")
    var live = false
    @Flag(help: "With --live: wait for a real packet, up to 30 s, instead of making one.")
    var wait = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func validate() throws {
        guard !(fromLan && on != nil) else {
            throw ValidationError("say --from-lan or --on, not both")
        }
        guard live || !wait else { throw ValidationError("--wait goes with --live") }
    }

    func run() async throws {
        if wait { announce() }
        var answer = try await ask(live: wait ? "wait" : live ? "true" : nil)
        if let failure = answer.live?.failure, !wait {
            // Somebody else's packet does as well.
            Console.error(failure)
            announce()
            answer = try await ask(live: "wait")
        }
        try output.show(answer) { JourneyReport.show(answer) }
        guard answer.outcome == "arrives" else { throw ExitCode(1) }
    }

    private func ask(live: String?) async throws -> Views.Journey {
        var query = ["from": from, "to": to, "arrival": on ?? (fromLan ? "lan" : "wan")]
        query["live"] = live
        return try await socket.client.get("/v1/trace", query, as: Views.Journey.self)
    }

    private func announce() {
        Console.error("send the packet now, from \(from) to \(to); it is waited for 30 s")
    }
}
