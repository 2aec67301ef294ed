/// A rule of any table, as a dump shows it.
package struct DumpedRule: Hashable, Sendable {
    package var family: NFTablesFamily
    package var table: String
    package var chain: String
    package var handle: UInt64
    /// The handle of the rule before it; nil for the first of a chain.
    package var position: UInt64?
    package var expressions: [DumpedExpression]
    package var comment: String?

    package init(
        _ family: NFTablesFamily, _ table: String, _ chain: String, handle: UInt64,
        _ expressions: [DumpedExpression]
    ) {
        (self.family, self.table, self.chain) = (family, table, chain)
        (self.handle, self.expressions) = (handle, expressions)
    }

    /// Nil when the message is none of a rule.
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.newRule.type,
            let family = NFTablesFamily(rawValue: message.netfilterFamily),
            let table = attributes[1]?.string, let chain = attributes[2]?.string
        else { return nil }
        self.family = family
        self.table = table
        self.chain = chain
        handle = attributes[3]?.big64 ?? 0
        position = attributes[6]?.big64
        expressions = attributes[4]?.nested.map { DumpedExpression($0.nested) } ?? []
        comment = attributes[7].flatMap { Self.comment(in: Array($0.payload)) }
    }

    /// The comment among the notes that user space leaves with a rule: type 0, length, text.
    private static func comment(in notes: [UInt8]) -> String? {
        var place = 0
        while place + 2 <= notes.count {
            let (type, length) = (notes[place], Int(notes[place + 1]))
            place += 2
            guard place + length <= notes.count else { return nil }
            guard type != 0 else {
                let text = notes[place..<place + length].prefix { $0 != 0 }
                return String(decoding: text, as: UTF8.self)
            }
            place += length
        }
        return nil
    }
}

/// What a rule, or an element of a map, decides.
package enum DumpedVerdict: Hashable, Sendable {
    case accept, drop, `continue`, `break`, `return`
    /// A program decides (`NFQUEUE`).
    case queue
    case jump(String)
    case goto(String)
    case unknown(Int32)

    /// Reads a nest of code and chain.
    init(_ attributes: Attributes) {
        let code = Int32(bitPattern: attributes[1]?.big32 ?? 0x7fff_ffff)
        let chain = attributes[2]?.string
        self =
            switch (code, chain) {
            case (0, _): .drop
            case (1, _): .accept
            case (-1, _): .continue
            case (-2, _): .break
            case (-3, let chain?): .jump(chain)
            case (-4, let chain?): .goto(chain)
            case (-5, _): .return
            // The number of the queue stands in the upper half.
            case (let code, _) where code & 0xff == 3: .queue
            default: .unknown(code)
            }
    }
}
