/// A rule of one chain: expressions that are evaluated in order until one does not match.
package struct Rule: Hashable, Sendable {
    package var expressions: [Expression]
    /// What the rule is for; together with a hash of the expressions it is the rule's identity when
    /// an installed table is adopted.
    package var purpose: String

    package init(_ purpose: String, _ expressions: [Expression]) {
        self.purpose = purpose
        self.expressions = expressions
    }

    /// `purpose h=0011aabb`, at most 128 bytes (the limit of `nft`).
    package var comment: String {
        var writer = MessageWriter()
        for expression in expressions { expression.write(to: &writer) }
        // FNV-1a, 32 bits: stable over versions of Swift and runs of the program.
        let hash = writer.bytes.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String(hash, radix: 16)
        return purpose + " h=" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// The attributes of NEWRULE behind the table's name.
    package func write(to writer: inout MessageWriter, chain: String) {
        writer.string(2, chain)
        writer.nest(4) { list in
            for expression in expressions { expression.write(to: &list) }
        }
        writer.bytes(7, Self.userData(comment))
    }

    /// A comment as nf_tables keeps it: type 0, length with the zero byte, text.
    private static func userData(_ comment: String) -> [UInt8] {
        let text = Array(comment.utf8.prefix(126)) + [0]
        return [0, UInt8(text.count)] + text
    }

    /// The comment of a dumped rule; nil when it has none.
    package static func comment(of message: Message) -> String? {
        guard let data = message.attributes(after: 4)[7]?.payload, data.count > 2,
            data.first == 0
        else { return nil }
        return String(decoding: data.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
    }
}
