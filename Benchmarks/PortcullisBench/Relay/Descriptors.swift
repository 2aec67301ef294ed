import Glibc

/// How many files a process may have open.
enum Descriptors {
    /// Raises the bound of this process, and of those that it starts, as far as it may.
    static func raise() {
        var bound = read()
        bound.rlim_cur = bound.rlim_max
        // SAFETY: the call reads a variable that outlives it.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bound)
    }

    /// No more than sockets have numbers here.
    static var limit: Int { min(Int(read().rlim_cur), Sockets.mostNumbers) }

    private static func read() -> rlimit {
        var bound = rlimit()
        // SAFETY: the call writes into a variable that outlives it.
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bound)
        return bound
    }
}
