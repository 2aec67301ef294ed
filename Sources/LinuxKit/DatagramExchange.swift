package import Addressing
internal import CLinux
import Glibc

/// One question and its answer over UDP.
package enum DatagramExchange {
    /// Between two sends of the same question, in milliseconds (RFC 8489 section 6.2.1: 500).
    private static let interval: Int32 = 500

    /// Waits for the answer: call it on a thread that may.
    ///
    /// - Parameters:
    ///   - device: the interface to go out by; nil for the one that routing chooses.
    ///   - source: an own address to ask from.
    ///   - sends: how often to ask, half a second apart.
    /// - Returns: nil when nothing came.
    package static func ask(
        _ server: Endpoint, _ request: [UInt8], from source: IPAddress,
        on device: InterfaceName, sends: Int32 = 3
    ) throws(KernelError) -> [UInt8]? {
        guard source.family == server.address.family else { return nil }
        var answer = [UInt8](repeating: 0, count: 1500)
        let capacity = answer.count
        // SAFETY: all arrays outlive the call, which writes at most `capacity` bytes.
        let length = unsafe clinux_udp_ask(
            source.family == .v4 ? AF_INET : AF_INET6, device.text, source.octets,
            server.address.octets, server.port, request, request.count, &answer, capacity,
            interval, sends)
        guard length != -Int(ETIMEDOUT) else { return nil }
        let count = try KernelError.check(length, .ask)
        return Array(answer.prefix(count))
    }
}
