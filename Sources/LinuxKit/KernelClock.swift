internal import CLinux

/// The machine's clock.
package enum KernelClock {
    /// Whether a time server disciplines it (`STA_UNSYNC` of adjtimex(2) is clear).
    package static func isSynchronised() throws(KernelError) -> Bool {
        try KernelError.check(clinux_clock_is_synchronised(), .clock) == 1
    }
}
