import Glibc

/// A thread of our own, for work that waits in the kernel and must not hold up others.
package enum KernelThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body` on a new thread, which ends with it.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(KernelError) {
        var thread = pthread_t()
        // SAFETY: the retained body is released exactly once: by the thread that takes it over, or
        // here when there is none.
        let box = unsafe Unmanaged.passRetained(Body(body))
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard failure == 0 else {
            unsafe box.release()
            throw KernelError(code: failure, call: .thread)
        }
        pthread_detach(thread)
    }
}
