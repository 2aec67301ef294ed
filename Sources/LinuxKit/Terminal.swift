import Glibc

/// The terminal that a person types at.
package enum Terminal {
    /// Has what is typed not shown while `body` runs (termios(3)); it is as before behind it.
    package static func withoutEcho<Result>(_ body: () -> Result) -> Result {
        var former = termios()
        // SAFETY: each call reads or writes one structure that outlives it.
        guard unsafe tcgetattr(STDIN_FILENO, &former) == 0 else { return body() }
        var silent = former
        silent.c_lflag &= ~tcflag_t(ECHO)
        // SAFETY: as above.
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        // SAFETY: as above.
        defer { unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &former) }
        return body()
    }
}
