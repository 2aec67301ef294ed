internal import CLinux

/// A file descriptor with one owner, closed when the owner lets go.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for the length of a call only.
    package let number: Int32

    /// Takes over a descriptor that the kernel has just returned.
    package init(adopting number: Int32) {
        self.number = number
    }

    /// Gives it to another owner, who closes it.
    package consuming func handedOver() -> Int32 {
        let number = number
        discard self
        return number
    }

    deinit {
        _ = clinux_close(number)
    }
}

/// A bell between threads (`eventfd(2)`): rung by one, waited for by another.
package final class Bell: Sendable {
    private let descriptor: OwnedDescriptor

    package init() throws(KernelError) {
        descriptor = OwnedDescriptor(adopting: try KernelError.check(clinux_eventfd(), .eventfd))
    }

    package func ring() { _ = clinux_eventfd_ring(descriptor.number) }

    /// Takes the ringing away, so that the next can be heard.
    package func silence() { _ = clinux_eventfd_silence(descriptor.number) }

    /// Whether it rings within some milliseconds.
    package func isRung(within milliseconds: Int32) -> Bool {
        clinux_wait_readable(descriptor.number, -1, milliseconds) & 1 == 1
    }

    package var number: Int32 { descriptor.number }
}
