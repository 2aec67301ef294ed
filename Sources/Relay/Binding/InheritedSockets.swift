import Addressing
import CLinux

/// Listening sockets that another process had, by the place where they listen.
///
/// Nothing has to be told about them: the kernel knows what each one is. Those that nobody takes are
/// closed in the end; what is no socket of a forward is closed at once.
package struct InheritedSockets: ~Copyable {
    private var byKey: [ListenKey: [Int32]] = [:]

    /// Takes over descriptors of any kind.
    package init(_ descriptors: [Int32] = []) {
        for descriptor in descriptors {
            if let key = Self.key(of: descriptor) {
                byKey[key, default: []].append(descriptor)
            } else {
                _ = clinux_close(descriptor)
            }
        }
    }

    deinit {
        for descriptors in byKey.values {
            for descriptor in descriptors { _ = clinux_close(descriptor) }
        }
    }

    /// The sockets at a place; the taker closes them.
    mutating func take(_ key: ListenKey) -> [Int32] { byKey.removeValue(forKey: key) ?? [] }

    /// Gives sockets back that could not be used yet.
    mutating func put(_ descriptors: [Int32], at key: ListenKey) {
        guard !descriptors.isEmpty else { return }
        byKey[key, default: []] += descriptors
    }

    private static func key(of descriptor: Int32) -> ListenKey? {
        var (transport, place) = (Int32(0), clinux_endpoint())
        var device = [CChar](repeating: 0, count: 16)
        // SAFETY: the kernel writes a number, an endpoint and at most 16 bytes of a name.
        let result = unsafe device.withUnsafeMutableBufferPointer {
            unsafe clinux_bound_as(descriptor, &transport, &place, $0.baseAddress)
        }
        guard result >= 0, let transport = TransportProtocol(rawValue: UInt8(transport)) else {
            return nil
        }
        let name = String(decoding: device.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
        return ListenKey(
            transport: transport, address: place.endpoint.address, port: place.port,
            device: InterfaceName(name))
    }
}
