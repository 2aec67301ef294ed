import Glibc

/// Sockets in the file system.
package enum UnixSocket {
    /// Whether somebody accepts connections at `path`.
    package static func isAnswered(_ path: String) -> Bool {
        var address = sockaddr_un()
        let text = Array(path.utf8)
        guard text.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the text is shorter than the field, which stays zero-terminated.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: text) }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return false }
        defer { close(number) }
        // SAFETY: the address outlives the call and is as large as it says.
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Whether there is a file at `path` that this user may not write to.
    package static func isForbidden(_ path: String) -> Bool {
        // SAFETY: the text outlives the calls.
        unsafe (access(path, F_OK) == 0 && access(path, W_OK) != 0)
    }

    /// From now on new files belong to their owner alone, until they are shared.
    package static func restrictNewFiles() { umask(0o077) }
}
