import Glibc

/// Folders that nobody but this user can look into or write to.
package enum PrivateFolder {
    /// Makes it where it is not there.
    ///
    /// - Returns: whether it is there now, and this user's alone.
    package static func make(_ path: String) -> Bool {
        // SAFETY: the text outlives the call.
        let made = unsafe mkdir(path, 0o700)
        return made == 0 || isOwn(path)
    }

    /// Whether it is a folder, no link to one, that belongs to this user alone.
    package static func isOwn(_ path: String) -> Bool {
        var facts = stat()
        // SAFETY: the text outlives the call, which writes one structure.
        guard unsafe lstat(path, &facts) == 0 else { return false }
        let isFolder = facts.st_mode & S_IFMT == S_IFDIR
        return isFolder && facts.st_uid == geteuid() && facts.st_mode & 0o077 == 0
    }
}
