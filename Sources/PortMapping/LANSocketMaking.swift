import Addressing
import LinuxKit

/// Makes a socket in a network inside; whoever gets the descriptor closes it.
typealias LANSocketMaking =
    @Sendable (LANSocket.Kind, Endpoint, InterfaceName) async throws -> Int32

extension LANSocket {
    /// In the network of the program.
    static let making: LANSocketMaking = { kind, place, interface in
        try LANSocket(kind, at: place, on: interface).handedOver()
    }
}
