internal import CLinux
package import Netlink

/// A socket of one netlink family.
///
/// One conversation at a time: a request, then all of its answers. Notifications go to a socket of
/// their own, since on this one they would come between a request and its answer.
package struct NetlinkSocket: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor
    private var buffer: [UInt8]
    private var sendLimit: Int
    private var sequence: UInt32 = 0

    /// The kernel cuts dumps to the largest buffer seen, up to 32 KiB; a smaller one makes the dump
    /// of a large set up to six times as slow.
    private static let bufferSize = 64 * 1024
    private static let receiveQueue: Int32 = 8 * 1024 * 1024

    package enum Family: Int32, Sendable {
        case route = 0
        case socketDiag = 4
        case netfilter = 12
    }

    /// Opens a socket in the network namespace of the calling thread.
    package init(_ family: Family, groups: [Int32] = []) throws(KernelError) {
        let descriptor = OwnedDescriptor(
            adopting: try KernelError.check(clinux_netlink_open(family.rawValue), .netlinkOpen))
        for group in groups {
            _ = try KernelError.check(clinux_netlink_join(descriptor.number, group), .netlinkJoin)
        }
        // Short acknowledgements with the kernel's explanation (NETLINK_CAP_ACK, NETLINK_EXT_ACK).
        for option in [10, 11] as [Int32] {
            _ = clinux_netlink_option(descriptor.number, option, 1)
        }
        _ = clinux_receive_buffer(descriptor.number, Self.receiveQueue)
        sendLimit = Int(max(0, clinux_send_buffer(descriptor.number, 1 << 20)))
        buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        self.descriptor = descriptor
    }

    package var number: Int32 { descriptor.number }

    /// The kernel's name for this socket, by which it marks what we caused.
    package var port: UInt32 {
        var port: UInt32 = 0
        // SAFETY: the call writes one 32-bit number into a variable that outlives it.
        _ = unsafe clinux_netlink_port(descriptor.number, &port)
        return port
    }

    package mutating func nextSequence() -> UInt32 {
        sequence &+= 1
        return sequence
    }

    /// Goes on behind the numbers that a batch has used.
    package mutating func skipSequences(to last: UInt32) { sequence = last }

    package mutating func send(_ bytes: [UInt8]) throws(KernelError) {
        if bytes.count > sendLimit / 2 {
            let wanted = Int32(clamping: bytes.count * 2)
            sendLimit = Int(max(0, clinux_send_buffer(descriptor.number, wanted)))
        }
        let sent = unsafe bytes.withUnsafeBytes { memory in
            // SAFETY: the kernel reads `count` bytes, and the array outlives the call.
            unsafe clinux_netlink_send(descriptor.number, memory.baseAddress, memory.count)
        }
        _ = try KernelError.check(sent, .netlinkSend)
    }

    /// Receives one datagram and hands over its messages.
    ///
    /// - Returns: false when there was none and `waiting` is false.
    package mutating func receive(
        waiting: Bool, _ body: (Message) -> Void
    ) throws(KernelError) -> Bool {
        let fd = descriptor.number
        let received = unsafe buffer.withUnsafeMutableBytes { memory in
            // SAFETY: the kernel writes at most `count` bytes, and the array outlives the call.
            unsafe clinux_netlink_receive(fd, memory.baseAddress, memory.count, waiting ? 1 : 0)
        }
        if received == -Int(ErrorNumber.tryAgain) { return false }
        let count = try KernelError.check(received, .netlinkReceive)
        guard count <= buffer.count else {
            throw KernelError(code: ErrorNumber.messageTooLong, call: .netlinkReceive)
        }
        for message in MessageReader(buffer, count: count) { body(message) }
        return true
    }

    /// How a dump went.
    package enum DumpEnd: Hashable, Sendable {
        case complete
        /// Something changed meanwhile: what was read may be neither the old nor the new state.
        case torn
    }

    /// Sends a dump request and hands over every answer.
    package mutating func dump(
        _ request: (UInt32, inout MessageWriter) -> Void, _ body: (Message) -> Void
    ) throws(KernelError) -> DumpEnd {
        let sequence = nextSequence()
        var writer = MessageWriter()
        request(sequence, &writer)
        try send(writer.bytes)
        var (end, failure): (DumpEnd?, Int32) = (nil, 0)
        var (isTorn, generation): (Bool, UInt16?) = (false, nil)
        while end == nil, failure == 0 {
            _ = try receive(waiting: true) { message in
                guard message.sequence == sequence else { return }
                switch message.type {
                case ControlType.done:
                    let code =
                        message.body + 4 <= message.end ? message.bytes.host32(message.body) : 0
                    failure = -Int32(bitPattern: code)
                    end = isTorn ? .torn : .complete
                case ControlType.error: failure = Reply(message)?.code ?? ErrorNumber.invalid
                default:
                    // Element dumps never raise the flag; their generation tells.
                    isTorn = isTorn || message.flags.contains(.interruptedDump)
                    if message.type >> 8 == NFTables.subsystem {
                        isTorn = isTorn || generation.map { $0 != message.generation } ?? false
                        generation = message.generation
                    }
                    body(message)
                }
            }
        }
        guard failure == 0 else { throw KernelError(code: failure, call: .netlinkDump) }
        return end ?? .torn
    }

    /// Sends one request that is answered by an acknowledgement.
    ///
    /// - Returns: the error number, 0 for done.
    package mutating func request(
        _ write: (UInt32, inout MessageWriter) -> Void
    ) throws(KernelError) -> Int32 {
        try ask(write) { _ in }
    }

    /// Sends a transaction.
    ///
    /// The kernel works it off inside `send` and has queued every answer when that returns.
    /// - Returns: what it refused; empty when everything was committed.
    package mutating func commit(
        _ bytes: [UInt8], end: UInt32
    ) throws(KernelError) -> [Reply] {
        try send(bytes)
        var (refusals, isCommitted): ([Reply], Bool) = ([], false)
        while try receive(
            waiting: false,
            { message in
                guard let reply = Reply(message) else { return }
                if reply.code != 0 { refusals.append(reply) }
                if reply.sequence == end, reply.code == 0 { isCommitted = true }
            })
        {}
        guard isCommitted || !refusals.isEmpty else {
            throw KernelError(code: ErrorNumber.noBuffers, call: .netlinkReceive)
        }
        return refusals
    }
}
