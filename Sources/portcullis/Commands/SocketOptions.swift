import ArgumentParser
import ControlClient
import Forwarding
import FoundationEssentials

/// Where the gateway is.
struct SocketOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The gateway's socket (default: $PORTCULLIS_SOCKET, your own gateway's, or the system's).",
            valueName: "path"))
    var socket: String?

    var path: String {
        socket ?? ProcessInfo.processInfo.environment["PORTCULLIS_SOCKET"] 
            ?? StandardPlaces.clientSocket()
    }

    var client: ControlClient { ControlClient(socket: path) }
}

/// Where a forward is in the API.
///
/// A text that is no name is refused here, where the person is who wrote it.
func path(ofForward name: String) throws -> String {
    "/v1/forwards/\(try ForwardSpelling.name(name))"
}
