/// The kernel's verdict on a request: `struct nlmsgerr` with its extended acknowledgement.
package struct Reply: Hashable, Sendable {
    /// 0, or the error number (positive).
    package var code: Int32
    /// The request that it is about.
    package var sequence: UInt32
    package var type: UInt16
    /// Where in the request the offending attribute begins, counted from its header.
    package var offset: UInt32?
    /// The kernel's own words, where it has any.
    package var text: String?

    /// Nil when the message is no verdict.
    package init?(_ message: Message) {
        guard message.type == ControlType.error, message.body + 20 <= message.end else {
            return nil
        }
        let bytes = message.bytes
        code = 0 &- Int32(bitPattern: bytes.host32(message.body))
        type = bytes.host16(message.body + 8)
        sequence = bytes.host32(message.body + 12)
        guard message.flags.contains(.acknowledgeAttributes) else { return }
        let echoed = Int(bytes.host32(message.body + 4))
        let isCapped = message.flags.contains(.capped)
        let skipped = isCapped ? 20 : 4 + ((echoed + 3) & ~3)
        for attribute in message.attributes(after: skipped) {
            switch attribute.type {
            case 1: text = attribute.string
            case 2: offset = attribute.host32
            default: break
            }
        }
    }
}
