import Glibc

/// How long `body` takes, in milliseconds.
///
/// On a machine that has other work the clock says little; `--processor-time` has this count the time
/// that the calling thread spent on a processor, in the kernel or out of it.
func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = nanoseconds()
    try body()
    return Double(nanoseconds() - start) / 1e6
}

private let clock =
    CommandLine.arguments.contains(Options.processorTime)
    ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC

private func nanoseconds() -> Int {
    var time = timespec()
    // SAFETY: the call writes into a variable that outlives it.
    _ = unsafe clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
