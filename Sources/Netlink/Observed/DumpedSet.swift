/// A set or map of any table, as a dump shows it.
package struct DumpedSet: Hashable, Sendable {
    package var family: NFTablesFamily
    package var table: String
    package var name: String
    package var flags: UInt32
    /// `nft`'s number of the type of the keys: six bits for each field.
    package var keyType: UInt32
    package var keyLength: Int
    /// The lengths of the fields of a concatenation; empty where the kernel does not know them.
    package var fields: [Int]

    package var isInterval: Bool { flags & NFTables.SetFlags.interval != 0 }
    package var isAnonymous: Bool { flags & NFTables.SetFlags.anonymous != 0 }

    /// Nil when the message is none of a set.
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.newSet.type,
            let family = NFTablesFamily(rawValue: message.netfilterFamily),
            let table = attributes[1]?.string, let name = attributes[2]?.string
        else { return nil }
        self.family = family
        self.table = table
        self.name = name
        flags = attributes[3]?.big32 ?? 0
        keyType = attributes[4]?.big32 ?? 0
        keyLength = Int(attributes[5]?.big32 ?? 0)
        fields =
            attributes[9]?.nested[2]?.nested.compactMap { $0.nested[1]?.big32.map { Int($0) } }
            ?? []
    }
}

/// An element of a set of any table.
///
/// Its key may be longer than those of our own sets (64 bytes).
package struct DumpedForeignElement: Hashable, Sendable {
    package var key: [UInt8] = []
    /// The upper bound, inclusive per field, in interval concatenations.
    package var keyEnd: [UInt8]?
    /// The exclusive upper bound of an interval of one field.
    package var endsInterval = false
    /// Stands for every key that no other element has.
    package var isCatchAll = false
    package var value: Value = .none
    /// Whether more than the key decides: a limit, a quota.
    package var hasCondition = false

    package enum Value: Hashable, Sendable {
        case none
        case bytes([UInt8])
        case verdict(DumpedVerdict)
    }

    /// The elements of one NEWSETELEM message.
    package static func elements(in message: Message) -> [DumpedForeignElement] {
        guard message.type == NFTables.Operation.newElements.type,
            let list = message.attributes(after: 4)[3]
        else { return [] }
        return list.nested.map { DumpedForeignElement($0.nested) }
    }

    private init(_ attributes: Attributes) {
        for attribute in attributes {
            switch attribute.type {
            case 1: key = attribute.nested[1].map { Array($0.payload) } ?? []
            case 2: value = Self.value(attribute.nested)
            case 3:
                endsInterval = (attribute.big32 ?? 0) & 1 != 0
                isCatchAll = (attribute.big32 ?? 0) & 2 != 0
            case 7: hasCondition = hasCondition || Self.isCondition(attribute.nested)
            case 10: keyEnd = attribute.nested[1].map { Array($0.payload) }
            case 11:
                let conditions = attribute.nested.contains { Self.isCondition($0.nested) }
                hasCondition = hasCondition || conditions
            default: break
            }
        }
    }

    private static func isCondition(_ expression: Attributes) -> Bool {
        !["counter", "last"].contains(expression[1]?.string)
    }

    private static func value(_ attributes: Attributes) -> Value {
        if let value = attributes[1] { return .bytes(Array(value.payload)) }
        guard let verdict = attributes[2]?.nested else { return .none }
        return .verdict(DumpedVerdict(verdict))
    }
}
