/// A compiled zone of the tz database (TZif, RFC 8536): bytes to rules.
///
/// Theory of operation: the file holds the transitions of the past and, behind them, a rule for the
/// future in the notation of POSIX. Rules of ours are transitions only, so the future is written out
/// up to the year 2100: a schedule beyond that goes by the last offset.
extension TimeZoneRules {
    /// Nil for bytes that are no such file.
    package init?(file bytes: [UInt8], name: TimeZoneName) {
        guard let first = FileHeader(bytes, at: 0) else { return nil }
        let isLong = first.version >= UInt8(ascii: "2")
        let start = isLong ? FileHeader.size + first.length(timeSize: 4) : 0
        guard let header = FileHeader(bytes, at: start),
            let block = FileBlock(bytes, header, at: start + FileHeader.size, isLong ? 8 : 4)
        else { return nil }
        var transitions = block.transitions
        if isLong, let rule = Self.footer(of: bytes, from: block.end).flatMap(PosixZone.init) {
            let last = transitions.map(\.moment).max()
            transitions += rule.transitions(until: Self.lastYear).filter { transition in
                last.map { $0 < transition.moment } ?? true
            }
        }
        guard
            let rules = try? TimeZoneRules(
                name: name, initialOffset: block.initialOffset, transitions: transitions)
        else { return nil }
        self = rules
    }

    private static let lastYear: Int64 = 2100

    private static func footer(of bytes: [UInt8], from start: Int) -> String? {
        guard start < bytes.count, bytes[start] == 10 else { return nil }
        return String(decoding: bytes[(start + 1)...].prefix { $0 != 10 }, as: UTF8.self)
    }
}

/// 44 bytes: magic, version, 15 unused, six counts.
private struct FileHeader {
    static let size = 44
    let version: UInt8
    let utcCount, standardCount, leapCount, timeCount, typeCount, nameCount: Int

    init?(_ bytes: [UInt8], at start: Int) {
        guard start + Self.size <= bytes.count,
            bytes[start..<start + 4].elementsEqual("TZif".utf8)
        else { return nil }
        version = bytes[start + 4]
        let counts = (0..<6).map { bytes.signed(start + 20 + $0 * 4, width: 4) }
        guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        (utcCount, standardCount, leapCount) = (Int(counts[0]), Int(counts[1]), Int(counts[2]))
        (timeCount, typeCount, nameCount) = (Int(counts[3]), Int(counts[4]), Int(counts[5]))
    }

    func length(timeSize: Int) -> Int {
        timeCount * (timeSize + 1) + typeCount * 6 + nameCount + leapCount * (timeSize + 4)
            + standardCount + utcCount
    }
}

private struct FileBlock {
    let initialOffset: Int
    let transitions: [TimeZoneRules.Transition]
    let end: Int

    init?(_ bytes: [UInt8], _ header: FileHeader, at start: Int, _ timeSize: Int) {
        end = start + header.length(timeSize: timeSize)
        guard end <= bytes.count, header.typeCount > 0 else { return nil }
        let kinds = start + header.timeCount * timeSize
        let types = kinds + header.timeCount
        func offset(_ type: Int) -> Int { Int(bytes.signed(types + type * 6, width: 4)) }
        initialOffset = offset(0)
        var found: [TimeZoneRules.Transition] = []
        for number in 0..<header.timeCount {
            let type = Int(bytes[kinds + number])
            guard type < header.typeCount else { return nil }
            let moment = bytes.signed(start + number * timeSize, width: timeSize)
            found.append(.init(at: Timestamp(seconds: moment), offset: offset(type)))
        }
        transitions = found
    }
}

extension [UInt8] {
    /// A signed number in network order.
    fileprivate func signed(_ start: Int, width: Int) -> Int64 {
        let value = self[start..<start + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4
            ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}
