internal import CLinux
package import Netlink

extension NetlinkSocket {
    /// Sends a request that asks for an acknowledgement, and hands over what comes before that.
    ///
    /// - Returns: the error number, 0 for done.
    package mutating func ask(
        _ write: (UInt32, inout MessageWriter) -> Void, _ body: (Message) -> Void
    ) throws(KernelError) -> Int32 {
        let sequence = nextSequence()
        var writer = MessageWriter()
        write(sequence, &writer)
        try send(writer.bytes)
        var code: Int32?
        while code == nil {
            _ = try receive(waiting: true) { message in
                guard message.sequence == sequence else { return }
                if let reply = Reply(message) { code = reply.code } else { body(message) }
            }
        }
        return code ?? 0
    }

    /// Hands over what comes within so many milliseconds.
    ///
    /// - Returns: false when nothing did.
    package mutating func receive(
        within milliseconds: Int32, _ body: (Message) -> Void
    ) throws(KernelError) -> Bool {
        let ready = clinux_wait_readable(number, -1, milliseconds)
        _ = try KernelError.check(ready, .wait)
        return ready == 0 ? false : try receive(waiting: false, body)
    }
}
