import FoundationEssentials
import LinuxKit

/// Listening sockets that systemd keeps while the daemon is restarted (FileDescriptorStoreMax=,
/// `sd_notify(3)`).
enum SocketStore {
    /// The first descriptor that systemd passes (SD_LISTEN_FDS_START).
    private static let first: Int32 = 3

    /// Those that it has kept for this process.
    static func inherited() -> [Int32] {
        let environment = ProcessInfo.processInfo.environment
        guard let owner = environment["LISTEN_PID"].flatMap(Int32.init),
            owner == ProcessInfo.processInfo.processIdentifier,
            let count = environment["LISTEN_FDS"].flatMap(Int32.init), count > 0
        else { return [] }
        // They are ours now. A copy that systemd kept would go on listening when a forward goes.
        if let path = environment["NOTIFY_SOCKET"] { ServiceNotice.forget(at: path) }
        return Array(first..<first + count)
    }

    /// Has it keep these; without it they are closed with the process.
    static func keep(_ sockets: [Int32]) {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"], !sockets.isEmpty
        else { return }
        ServiceNotice.store(sockets, at: path)
    }
}
