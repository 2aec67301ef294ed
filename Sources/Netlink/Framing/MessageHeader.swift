/// What a netlink message is about: `struct nlmsghdr` without its length.
package struct MessageHeader: Hashable, Sendable {
    package var type: UInt16
    package var flags: MessageFlags
    package var sequence: UInt32

    package init(type: UInt16, flags: MessageFlags, sequence: UInt32) {
        self.type = type
        self.flags = flags
        self.sequence = sequence
    }

    package static let size = 16
}

/// `NLM_F_*`; the same bits mean different things in different requests.
package struct MessageFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let request = MessageFlags(rawValue: 0x1)
    package static let multi = MessageFlags(rawValue: 0x2)
    package static let acknowledge = MessageFlags(rawValue: 0x4)
    package static let interruptedDump = MessageFlags(rawValue: 0x10)
    package static let dump = MessageFlags(rawValue: 0x300)
    package static let replace = MessageFlags(rawValue: 0x100)
    package static let exclusive = MessageFlags(rawValue: 0x200)
    package static let create = MessageFlags(rawValue: 0x400)
    package static let append = MessageFlags(rawValue: 0x800)
    package static let capped = MessageFlags(rawValue: 0x100)
    package static let acknowledgeAttributes = MessageFlags(rawValue: 0x200)
}

/// Message types below 0x10, common to all families.
package enum ControlType {
    package static let noop: UInt16 = 1
    package static let error: UInt16 = 2
    package static let done: UInt16 = 3
    package static let overrun: UInt16 = 4
}
