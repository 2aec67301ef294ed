import CLinux

/// One end of a conversation in which descriptors go from one process to another (`unix(7)`,
/// SCM_RIGHTS).
package struct DescriptorChannel: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// As many as go into one message.
    static let batch = 250

    /// Nil when nobody is there to connect to.
    package init?(reaching path: String) {
        // SAFETY: the path lives for the call.
        let result = unsafe path.withCString { unsafe clinux_reach_unix($0) }
        guard result >= 0 else { return nil }
        descriptor = OwnedDescriptor(adopting: result)
    }

    init(adopting number: Int32) { descriptor = OwnedDescriptor(adopting: number) }

    /// Sends them all, each message with this mark, and at least one message.
    package func send(_ descriptors: [Int32], mark: UInt8) throws(KernelError) {
        var rest = descriptors[...]
        repeat {
            let some = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            // SAFETY: the kernel reads an array that outlives the call.
            let result = unsafe some.withUnsafeBufferPointer {
                unsafe clinux_send_descriptors(
                    self.descriptor.number, $0.baseAddress, Int32($0.count), mark)
            }
            _ = try KernelError.check(result, .handOver)
        } while !rest.isEmpty
    }

    /// The next message; nil at the end of the conversation.
    package func receive(
        within milliseconds: Int32
    ) throws(KernelError) -> (mark: UInt8, descriptors: [Int32])? {
        var (numbers, mark) = ([Int32](repeating: -1, count: Self.batch), UInt8(0))
        // SAFETY: the kernel writes at most as many numbers as the array has, and one byte.
        let count = unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe clinux_receive_descriptors(
                descriptor.number, $0.baseAddress, Int32($0.count), &mark, milliseconds)
        }
        guard count != -ErrorNumber.brokenPipe else { return nil }
        return (mark, Array(numbers.prefix(Int(try KernelError.check(count, .handOver)))))
    }
}

/// A place where processes of the same user can ask for descriptors.
package struct DescriptorDoor: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    package init(at path: String) throws(KernelError) {
        // SAFETY: the path lives for the call.
        let result = unsafe path.withCString { unsafe clinux_listen_unix($0) }
        descriptor = OwnedDescriptor(adopting: try KernelError.check(result, .handOver))
    }

    /// The next one who comes; nil when nobody came in time.
    package func visitor(within milliseconds: Int32) -> DescriptorChannel? {
        let result = clinux_accept_own(descriptor.number, milliseconds)
        return result >= 0 ? DescriptorChannel(adopting: result) : nil
    }
}

/// What is said to the service manager that has started this process.
package enum ServiceNotice {
    /// Has it keep descriptors until the service is started again.
    ///
    /// - Parameter path: of its socket (NOTIFY_SOCKET).
    package static func store(_ descriptors: [Int32], at path: String) {
        var rest = descriptors[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(DescriptorChannel.batch))
            rest = rest.dropFirst(DescriptorChannel.batch)
            // SAFETY: the kernel reads a path and an array that outlive the call.
            _ = unsafe path.withCString { path in
                unsafe some.withUnsafeBufferPointer {
                    unsafe clinux_store_descriptors(path, $0.baseAddress, Int32($0.count))
                }
            }
        }
    }

    /// Has it close the copies that it keeps: a port that is closed here would stay open there.
    ///
    /// - Parameter path: of its socket (NOTIFY_SOCKET).
    package static func forget(at path: String) {
        // SAFETY: the path outlives the call.
        _ = unsafe path.withCString { unsafe clinux_forget_descriptors($0) }
    }
}
