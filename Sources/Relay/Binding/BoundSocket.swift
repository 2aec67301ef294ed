import Addressing
import CLinux
import LinuxKit

/// The sockets at one external place, one for each loop that serves it.
///
/// Closed when nobody has taken them over.
struct BoundSockets: ~Copyable {
    /// The kernel shortens it to `net.core.somaxconn` (4096 since Linux 5.4).
    private static let backlog: Int32 = 65535

    private(set) var descriptors: [Int32] = []

    /// Opens `count` sockets, or none.
    ///
    /// The first is bound without sharing the port, so that a program that has it is noticed even when
    /// it would share; only then the others join it.
    ///
    /// - Parameter joins: whether a socket of ours overlaps that is about to be closed.
    init(_ key: ListenKey, count: Int, joining joins: Bool) throws(BindFailure) {
        descriptors.reserveCapacity(count)
        for place in 0..<count {
            let descriptor = Self.bind(key, shared: joins || place > 0)
            guard descriptor >= 0 else { throw BindFailure(code: -descriptor) }
            descriptors.append(descriptor)
            if place == 0, !joins { _ = clinux_share_port(descriptor) }
        }
        guard key.transport == .tcp else { return }
        for descriptor in descriptors {
            let result = clinux_listen(descriptor, Self.backlog)
            guard result >= 0 else { throw BindFailure(code: -result) }
        }
    }

    deinit { for descriptor in descriptors { _ = clinux_close(descriptor) } }

    /// Gives them away; whoever has them closes them.
    consuming func handOver() -> [Int32] {
        let all = descriptors
        descriptors = []
        return all
    }

    private static func bind(_ key: ListenKey, shared: Bool) -> Int32 {
        var place = clinux_endpoint(key.address, key.port)
        let isV6: Int32 = key.address.family == .v6 ? 1 : 0
        let bind =
            unsafe key.transport == .udp ? clinux_bind_datagram : clinux_bind_stream
        guard let device = key.device else {
            return unsafe bind(&place, isV6, nil, shared ? 1 : 0)
        }
        // SAFETY: the name lives for the call.
        return unsafe device.text.withCString { unsafe bind(&place, isV6, $0, shared ? 1 : 0) }
    }
}

/// A place that could not be had; the error number.
struct BindFailure: Error, Hashable {
    var code: Int32
}
