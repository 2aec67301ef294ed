import ArgumentParser
import ControlClient
import FoundationEssentials

/// Where the gateway is.
struct SocketOptions: ParsableArguments {
    static let standard = "/run/portcullis/control.sock"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The gateway's socket (default: $PORTCULLIS_SOCKET, or \(standard)).",
            valueName: "path"))
    var socket: String?

    var path: String {
        socket ?? ProcessInfo.processInfo.environment["PORTCULLIS_SOCKET"] ?? Self.standard
    }

    var client: ControlClient { ControlClient(socket: path) }
}
