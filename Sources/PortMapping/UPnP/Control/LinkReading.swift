import Addressing
import LinuxKit

/// What has passed the link to the internet, and how it is.
struct LinkReading: Hashable, Sendable {
    var hasSignal = true
    /// Bits a second; nil where the link has no speed.
    var speed: UInt64?
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    var packetsReceived: UInt64 = 0
    var packetsSent: UInt64 = 0
}

/// Nil when there is no such interface.
typealias LinkReader = @Sendable (InterfaceName) async -> LinkReading?

extension LinkReading {
    static let ofKernel: LinkReader = { name in
        guard let found = try? InterfaceReading.of(name) else { return nil }
        return LinkReading(
            hasSignal: found.hasSignal, speed: found.speed, bytesReceived: found.received.bytes,
            bytesSent: found.sent.bytes, packetsReceived: found.received.packets,
            packetsSent: found.sent.packets)
    }
}
