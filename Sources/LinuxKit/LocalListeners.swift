import Addressing
import Glibc
package import Netlink

/// The sockets of local programs that wait for traffic.
package enum LocalListeners {
    /// Reads them in the network namespace of the calling thread.
    ///
    /// Needs no privilege.
    package static func read() throws(KernelError) -> [ListeningSocket] {
        var socket = try NetlinkSocket(.socketDiag)
        var found: [ListeningSocket] = []
        for (family, transport) in [
            (.v4, .tcp), (.v4, .udp), (.v6, .tcp), (.v6, .udp),
        ] as [(AddressFamily, TransportProtocol)] {
            let end = try socket.dump(
                { SocketDiag.dump(family, transport, sequence: $0, to: &$1) },
                { message in
                    guard let socket = ListeningSocket(message, transport) else { return }
                    found.append(socket)
                })
            _ = end
        }
        return found
    }

    /// The sockets that this process itself holds, by their inodes.
    package static func own() -> Set<UInt32> {
        let folder = "/proc/self/fd"
        let sockets = names(in: folder).compactMap { descriptor -> UInt32? in
            guard let target = link(at: folder + "/" + descriptor), target.hasPrefix("socket:[")
            else { return nil }
            return UInt32(target.dropFirst(8).dropLast())
        }
        return Set(sockets)
    }

    /// The name of the program that holds the socket, where this process may look.
    package static func program(holding inode: UInt32) -> String? {
        let wanted = "socket:[\(inode)]"
        for process in names(in: "/proc") where UInt32(process) != nil {
            let folder = "/proc/\(process)/fd"
            for descriptor in names(in: folder) where link(at: folder + "/" + descriptor) == wanted
            {
                return firstLine(of: "/proc/\(process)/comm")
            }
        }
        return nil
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        // SAFETY: the directory was opened above and is closed once; each entry is copied before the
        // next call replaces it.
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }

    private static func link(at path: String) -> String? {
        var target = [UInt8](repeating: 0, count: 128)
        let count = unsafe target.withUnsafeMutableBytes { memory in
            // SAFETY: the call writes at most `count` bytes into the array, which outlives it.
            guard let start = memory.baseAddress else { return 0 }
            return unsafe readlink(
                path, start.assumingMemoryBound(to: CChar.self), memory.count)
        }
        return count > 0 ? String(decoding: target.prefix(count), as: UTF8.self) : nil
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        // SAFETY: the stream was opened above and is closed once; the buffer outlives the call.
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return String(decoding: text, as: UTF8.self)
    }
}
