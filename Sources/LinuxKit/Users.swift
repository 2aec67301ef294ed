internal import CLinux
import Glibc

/// The machine's users and groups.
package enum Users {
    /// The number of the user that this process runs as.
    package static var own: UInt32 { geteuid() }

    package static var isRoot: Bool { own == 0 }

    /// The name of a user; its number as text when it has none.
    package static func name(of uid: UInt32) -> String {
        var name = [UInt8](repeating: 0, count: 128)
        let length = unsafe name.withUnsafeMutableBytes { memory in
            // SAFETY: the call writes at most `count` bytes into the array, which outlives it.
            unsafe clinux_user_name(
                uid, memory.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(memory.count))
        }
        guard length > 0 else { return "\(uid)" }
        return String(decoding: name.prefix(Int(length)), as: UTF8.self)
    }

    /// Makes a file accessible to its owner and to one group; to the owner alone when the machine
    /// has no such group.
    ///
    /// - Returns: whether the group exists.
    @discardableResult
    package static func share(_ path: String, withGroup group: String) -> Bool {
        var gid: UInt32 = 0
        // SAFETY: the calls read texts that outlive them and write one number.
        guard unsafe clinux_group_id(group, &gid) >= 0 else {
            _ = unsafe clinux_give_to_group(path, .max, 0o600)
            return false
        }
        return unsafe clinux_give_to_group(path, gid, 0o660) >= 0
    }
}
