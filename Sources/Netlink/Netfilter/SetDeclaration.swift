/// A set or map: what its keys and values look like.
package struct SetDeclaration: Hashable, Sendable {
    package var name: String
    package var key: [NFTables.KeyType]
    package var data: DataKind
    package var isInterval: Bool
    /// Whether elements may have an end.
    package var hasTimeouts: Bool
    /// Whether the packet path adds elements, each with a counter.
    ///
    /// No size is given: the kernel then allows 65,535 elements, and begins with a small table that
    /// grows. One made for 65,535 at once makes a dump of 10,000 walk six empty places for each.
    package var countsPerElement: Bool
    /// Whether the packet path adds elements, each with what the adding rule gives it.
    package var isFilledByPackets: Bool

    package enum DataKind: Hashable, Sendable {
        case none
        case verdict
        case value([NFTables.KeyType])
    }

    package init(
        _ name: String, key: [NFTables.KeyType], data: DataKind = .none, isInterval: Bool = false,
        hasTimeouts: Bool = false, countsPerElement: Bool = false,
        isFilledByPackets: Bool = false
    ) {
        self.name = name
        self.key = key
        self.data = data
        self.isInterval = isInterval
        self.hasTimeouts = hasTimeouts
        self.countsPerElement = countsPerElement
        self.isFilledByPackets = isFilledByPackets || countsPerElement
    }

    package var flags: UInt32 {
        var flags: UInt32 = 0
        if isInterval { flags |= NFTables.SetFlags.interval }
        // An exact concatenation is a plain hash and must not carry the flag.
        if isInterval, key.count > 1 { flags |= NFTables.SetFlags.concatenated }
        if data != .none { flags |= NFTables.SetFlags.map }
        if hasTimeouts { flags |= NFTables.SetFlags.timeout }
        if isFilledByPackets { flags |= NFTables.SetFlags.evaluated }
        return flags
    }

    /// A field that stands alone is not padded.
    private static func length(_ fields: [NFTables.KeyType]) -> Int {
        fields.count == 1 ? fields[0].loneWidth : fields.reduce(0) { $0 + $1.width }
    }

    /// `nft`'s number for a concatenation: six bits a field.
    private static func typeNumber(_ fields: [NFTables.KeyType]) -> UInt32 {
        fields.reduce(0) { $0 << 6 | $1.rawValue }
    }

    /// The attributes of NEWSET behind the table's name.
    package func write(to writer: inout MessageWriter, id: UInt32) {
        writer.string(2, name)
        writer.big32(3, flags)
        writer.big32(4, Self.typeNumber(key))
        writer.big32(5, UInt32(Self.length(key)))
        writeData(to: &writer)
        writeDescription(to: &writer)
        writer.big32(10, id)
        writer.bytes(13, hints)
        guard countsPerElement else { return }
        writer.nest(17) { $0.string(1, "counter") }
    }

    private func writeData(to writer: inout MessageWriter) {
        switch data {
        case .none: break
        case .verdict:
            writer.big32(6, 0xffff_ff00)
            writer.big32(7, 0)
        case .value(let fields):
            writer.big32(6, Self.typeNumber(fields))
            writer.big32(7, UInt32(Self.length(fields)))
        }
    }

    private func writeDescription(to writer: inout MessageWriter) {
        guard isInterval, key.count > 1 else { return }
        writer.nest(9) { description in
            description.nest(2) { fields in
                for field in key {
                    fields.nest(1) { $0.big32(1, UInt32(field.loneWidth)) }
                }
            }
        }
    }

    /// Type, length, value in host order: what `nft` needs to print keys and values.
    private var hints: [UInt8] {
        func hint(_ type: UInt8, _ fields: [NFTables.KeyType]) -> [UInt8] {
            [type, 4, UInt8(fields.count == 1 ? fields[0].byteOrder : 0), 0, 0, 0]
        }
        guard case .value(let fields) = data else { return hint(0, key) }
        return hint(0, key) + hint(1, fields)
    }
}
