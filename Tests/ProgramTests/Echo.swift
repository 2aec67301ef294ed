import Addressing
import Synchronization
import TestKit

/// A server in a lab host that says who it is: every TCP connection and UDP datagram is answered with its
/// name.
final class Echo: Sendable {
    private let stopped = Mutex(false)

    init(_ name: String, on host: Host, _ transport: TransportProtocol, _ port: UInt16) async throws
    {
        let wire = try await Wire.listening(transport, on: host, port)
        let answer = Array(name.utf8)
        Thread.start { [weak self] in
            while self?.stopped.withLock({ !$0 }) ?? false {
                if transport == .udp {
                    guard let (_, source) = try? wire.receiveWithSource(within: 50), let source
                    else {
                        continue
                    }
                    try? wire.send(answer, to: source)
                } else {
                    guard let (connection, _) = try? wire.accept(within: 50) else { continue }
                    try? connection.send(answer)
                }
            }
        }
    }

    deinit { stopped.withLock { $0 = true } }
}

/// Who answers a TCP connection; nil when nobody does.
func asks(
    _ endpoint: Endpoint, from host: Host, within limit: Int32 = 1500
) async throws -> String? {
    guard let wire = try await Wire.connected(on: host, to: endpoint, within: limit) else {
        return nil
    }
    return try wire.receive(within: limit).map { String(decoding: $0, as: UTF8.self) }
}
