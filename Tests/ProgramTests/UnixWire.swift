import Glibc
import TestKit

/// The client's end of a connection to a socket in the file system.
final class UnixWire: Sendable {
    private let number: Int32

    /// Connects; fails when nobody listens.
    init(to path: String) throws {
        number = try unsafe Self.opened(path) { unsafe connect($0, $1, $2) }
    }

    deinit { close(number) }

    /// Leaves a socket file behind that nobody serves.
    static func abandon(at path: String) throws {
        close(try unsafe opened(path) { unsafe bind($0, $1, $2) })
    }

    private static func opened(
        _ path: String, _ join: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        let text = Array(path.utf8)
        guard text.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Command.Failure(description: "too long for a socket: \(path)")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the text is shorter than the field, which stays zero-terminated.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: text) }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // SAFETY: the address outlives the call and is as large as it says.
        let joined = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe join(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard joined == 0 else {
            close(number)
            throw Command.Failure(description: "\(path): error \(errno)")
        }
        return number
    }

    /// Sends as much as the other end takes at once: one that has had enough stops reading.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        // SAFETY: the kernel reads `count` bytes of an array that outlives the call.
        _ = unsafe Glibc.send(number, bytes, bytes.count, flags)
    }

    /// The next bytes; nil when none came within the time, empty when the other end has closed.
    func receive(within milliseconds: Int32) -> [UInt8]? {
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, which outlives the call.
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let capacity = bytes.count
        // SAFETY: the kernel writes at most as many bytes as the array has.
        let count = unsafe recv(number, &bytes, capacity, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
