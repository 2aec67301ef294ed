/// What the header of an entry asks, in the steps that nf_tables would take (`ip_packet_match`,
/// `ip6_packet_match`).
struct LegacyHeader {
    private let layout: LegacyLayout
    private let entry: [UInt8]

    /// - Parameter entry: at least as long as the layout's header.
    init(_ layout: LegacyLayout, _ entry: [UInt8]) {
        self.layout = layout
        self.entry = entry
    }

    /// Bits of `invflags`; both families have the same.
    private enum Inversion {
        static let inName: UInt8 = 0x01
        static let outName: UInt8 = 0x02
        static let source: UInt8 = 0x08
        static let destination: UInt8 = 0x10
        static let fragment: UInt8 = 0x20
        static let transport: UInt8 = 0x40
    }

    private static let register: UInt32 = 1

    var conditions: [DumpedExpression] {
        let destination = layout.packetSource + UInt32(layout.width)
        return address(
            layout.source, layout.sourceMask, at: layout.packetSource, Inversion.source)
            + address(
                layout.destination, layout.destinationMask, at: destination,
                Inversion.destination)
            + interface(layout.inName, layout.inMask, key: 6, Inversion.inName)
            + interface(layout.outName, layout.outMask, key: 7, Inversion.outName)
            + transport + fragment
    }

    private func sign(_ bit: UInt8) -> DumpedComparison {
        entry[layout.inversions] & bit != 0 ? .notEqual : .equal
    }

    private func address(
        _ place: Int, _ maskPlace: Int, at offset: UInt32, _ inversion: UInt8
    ) -> [DumpedExpression] {
        let value = Array(entry[place..<place + layout.width])
        let mask = Array(entry[maskPlace..<maskPlace + layout.width])
        let sign = sign(inversion)
        if sign == .equal, (value + mask).allSatisfy({ $0 == 0 }) { return [] }
        let piece = DumpedPayload(base: 1, offset: offset, length: UInt32(layout.width))
        let load = DumpedExpression.payload(piece, register: Self.register)
        let compare = DumpedExpression.compare(register: Self.register, sign, value)
        guard mask.contains(where: { $0 != 0xff }) else { return [load, compare] }
        return [load, Self.masked(mask), compare]
    }

    private static func masked(_ mask: [UInt8]) -> DumpedExpression {
        .bitwise(
            source: register, destination: register, mask: mask,
            xor: [UInt8](repeating: 0, count: mask.count))
    }

    /// A mask that ends before the name does stands for all names that begin so (`wan+`).
    private func interface(
        _ place: Int, _ maskPlace: Int, key: UInt32, _ inversion: UInt8
    ) -> [DumpedExpression] {
        let mask = entry[maskPlace..<maskPlace + LegacyLayout.nameLength]
        let length = mask.prefix { $0 == 0xff }.count
        guard mask.dropFirst(length).allSatisfy({ $0 == 0 }) else {
            return [Self.notUnderstood("interface")]
        }
        let sign = sign(inversion)
        guard length > 0 || sign == .notEqual else { return [] }
        return [
            .meta(key: key, register: Self.register),
            .compare(register: Self.register, sign, Array(entry[place..<place + length])),
        ]
    }

    /// 0 stands for any, whether inverted or not.
    private var transport: [DumpedExpression] {
        let number = entry.host16(layout.transport)
        guard number != 0 else { return [] }
        guard let byte = UInt8(exactly: number) else { return [Self.notUnderstood("protocol")] }
        return [
            .meta(key: 16, register: Self.register),
            .compare(register: Self.register, sign(Inversion.transport), [byte]),
        ]
    }

    /// Second and later fragments: those with an offset.
    ///
    /// Only IPv4 asks.
    private var fragment: [DumpedExpression] {
        guard layout == .v4, entry[layout.flags] & 1 != 0 else { return [] }
        let isInverted = sign(Inversion.fragment) == .notEqual
        return [
            .payload(DumpedPayload(base: 1, offset: 6, length: 2), register: Self.register),
            Self.masked([0x1f, 0xff]),
            .compare(register: Self.register, isInverted ? .equal : .notEqual, [0, 0]),
        ]
    }

    private static func notUnderstood(_ part: String) -> DumpedExpression {
        .match(CompatExtension(name: part, revision: 0, info: []))
    }
}
