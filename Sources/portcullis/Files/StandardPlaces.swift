import FoundationEssentials
import LinuxKit

/// Where the table and the control socket are unless somebody says otherwise.
///
/// Root has the places of the system; everybody else has places of their own, where the XDG Base
/// Directory Specification puts them.
enum StandardPlaces {
    static let systemState = "/var/lib/portcullis"
    static let systemSocket = "/run/portcullis/control.sock"

    /// Where a daemon of this user keeps its table.
    static func state() throws -> String {
        guard !Users.isRoot else { return systemState }
        if let folder = absolute("XDG_STATE_HOME") { return folder + "/portcullis" }
        guard let home = absolute("HOME") else {
            throw Failure("neither XDG_STATE_HOME nor HOME is set: say where the table is, by --state")
        }
        return home + "/.local/state/portcullis"
    }

    /// Where a daemon of this user listens; its folder is made.
    static func daemonSocket() throws -> String {
        guard !Users.isRoot else { return systemSocket }
        let folder = ownFolder
        guard PrivateFolder.make(folder) else {
            throw Failure(
                "\(folder) is not, or cannot be made, a folder of this user alone (mode 0700):"
                    + " remove it, or choose the socket by --socket")
        }
        return folder + "/control.sock"
    }

    /// Where commands look for a daemon: this user's own if there is one, else the system's.
    static func clientSocket() -> String {
        guard !Users.isRoot else { return systemSocket }
        let (folder, own) = (ownFolder, ownFolder + "/control.sock")
        // In /tmp somebody else could have put a socket of his own there.
        guard PrivateFolder.isOwn(folder), FileManager.default.fileExists(atPath: own) else {
            return systemSocket
        }
        return own
    }

    private static var ownFolder: String {
        absolute("XDG_RUNTIME_DIR").map { $0 + "/portcullis" } ?? "/tmp/portcullis-\(Users.own)"
    }

    /// The specification has relative paths ignored.
    private static func absolute(_ variable: String) -> String? {
        ProcessInfo.processInfo.environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}
