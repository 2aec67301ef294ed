/// One entry of a table of iptables' own module: a rule, or the head of a chain.
///
/// A header that every packet is compared with, matches one behind the other, a target; in the
/// machine's byte order (`ipt_entry` and `ip6t_entry` in include/uapi/linux/netfilter_ipv4 and
/// netfilter_ipv6, `xt_entry_match` and `xt_entry_target` in netfilter/x_tables.h).
struct LegacyEntry {
    /// How many bytes there are from this entry to the next.
    var length: Int
    /// What the header and the matches ask.
    var conditions: [DumpedExpression]
    var target: CompatExtension
    /// Whether a jump does not come back.
    var isGoto: Bool

    /// Nil for bytes that are none.
    init?(_ layout: LegacyLayout, in bytes: [UInt8], at start: Int) {
        guard start >= 0, start + layout.parts <= bytes.count else { return nil }
        let behind = Int(bytes.host16(start + layout.targetOffset))
        length = Int(bytes.host16(start + layout.nextOffset))
        guard behind >= layout.parts, behind + Self.headLength <= length,
            start + length <= bytes.count
        else { return nil }
        let entry = Array(bytes[start..<start + length])
        guard let (target, _) = Self.extension(in: entry, at: behind, end: length),
            let matches = Self.matches(in: entry, from: layout.parts, to: behind)
        else { return nil }
        self.target = target
        isGoto = entry[layout.flags] & layout.gotoFlag != 0
        conditions = LegacyHeader(layout, entry).conditions + matches.map { .match($0) }
    }

    /// Size, name and revision, before the structure of a match or target.
    private static let headLength = 32

    private static func matches(
        in entry: [UInt8], from start: Int, to end: Int
    ) -> [CompatExtension]? {
        var (place, found): (Int, [CompatExtension]) = (start, [])
        while place < end {
            guard let (match, size) = Self.extension(in: entry, at: place, end: end) else {
                return nil
            }
            found.append(match)
            place += size
        }
        return found
    }

    private static func `extension`(
        in entry: [UInt8], at place: Int, end: Int
    ) -> (CompatExtension, size: Int)? {
        guard place + headLength <= end else { return nil }
        let size = Int(entry.host16(place))
        guard size >= headLength, place + size <= end else { return nil }
        let name = entry[place + 2..<place + 31].prefix { $0 != 0 }
        let found = CompatExtension(
            name: String(decoding: name, as: UTF8.self), revision: UInt32(entry[place + 31]),
            info: Array(entry[place + headLength..<place + size]))
        return (found, size)
    }
}
