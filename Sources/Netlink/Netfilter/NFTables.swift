/// Numbers of nf_tables' netlink protocol (include/uapi/linux/netfilter/nf_tables.h), those we use.
package enum NFTables {
    package static let subsystem: UInt16 = 10
    package static let batchBegin: UInt16 = 0x10
    package static let batchEnd: UInt16 = 0x11
    /// `NFPROTO_INET`: both families in one table.
    package static let inet: UInt8 = 1

    package enum Operation: UInt16, Sendable {
        case newTable = 0, getTable, deleteTable
        case newChain, getChain, deleteChain
        case newRule, getRule, deleteRule
        case newSet, getSet, deleteSet
        case newElements, getElements, deleteElements
        case newGeneration, getGeneration, trace
        case newObject, getObject, deleteObject
        case destroyTable = 26
        case destroyElements = 30

        package var type: UInt16 { NFTables.subsystem << 8 | rawValue }
    }

    package enum TableFlags {
        package static let owner: UInt32 = 2
        /// Kernel 6.9.
        package static let persist: UInt32 = 4
    }

    package enum SetFlags {
        package static let anonymous: UInt32 = 0x1
        package static let constant: UInt32 = 0x2
        package static let interval: UInt32 = 0x4
        package static let map: UInt32 = 0x8
        package static let timeout: UInt32 = 0x10
        package static let evaluated: UInt32 = 0x20
        package static let concatenated: UInt32 = 0x80
    }

    package enum Verdict: Int32, Hashable, Sendable {
        case drop = 0
        case accept = 1
        case jump = -3
        case goto = -4
        case `return` = -5
    }

    package enum Hook: UInt32, Hashable, Sendable {
        case prerouting = 0, input, forward, output, postrouting
    }

    /// Numbers by which `nft` knows types; to the kernel they mean nothing.
    package enum KeyType: UInt32, Hashable, Sendable {
        case ipv4 = 7
        case ipv6 = 8
        case transport = 12
        case port = 13
        case mark = 19
        case interface = 41

        /// In registers: padded to four bytes.
        var width: Int {
            switch self {
            case .ipv4, .transport, .port, .mark: 4
            case .ipv6, .interface: 16
            }
        }

        /// Alone as a key: without padding.
        var loneWidth: Int {
            switch self {
            case .port: 2
            case .transport: 1
            case .ipv4, .ipv6, .mark, .interface: width
            }
        }

        /// 1 host order, 2 network order: `nft` prints host-order types garbled without the hint.
        var byteOrder: UInt32 {
            switch self {
            case .mark, .interface: 1
            case .ipv4, .ipv6, .transport, .port: 2
            }
        }
    }
}
