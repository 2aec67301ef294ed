/// How limits are written: counts as they are, `20/s`, `50GB`, `10Mbit`; `none` for no bound.
extension ForwardSpelling {
    package static let none = "none"

    /// Connections at a time, 1 to 1,000,000.
    package static func connections(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> UInt32? {
        guard text != none else { return nil }
        guard let count = plainNumber(text), (1...mostConnections).contains(count) else {
            throw Refusal(field: field, value: text, problem: .count(most: mostConnections))
        }
        return UInt32(count)
    }

    package static let mostConnections: UInt64 = 1_000_000

    /// `20/s`, `6/min`, `100/hour`.
    package static func rate(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> ConnectionRate? {
        guard text != none else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = plainNumber(String(parts[0])),
            (1...mostConnections).contains(count),
            let unit = ConnectionRate.Unit.allCases.first(where: {
                $0.spellings.contains(parts[1].lowercased())
            })
        else { throw Refusal(field: field, value: text, problem: .rate) }
        return ConnectionRate(UInt32(count), per: unit)
    }

    /// `500MB`, `1.5TB`, `50GiB`: bytes, 1 MB to 1 EB.
    package static func amount(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> UInt64? {
        guard text != none else { return nil }
        let units: [(String, UInt64)] = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1000),
            ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("b", 1),
        ]
        guard let bytes = scaled(text, units),
            (1_000_000...1_000_000_000_000_000_000).contains(bytes)
        else { throw Refusal(field: field, value: text, problem: .amount) }
        return bytes
    }

    /// `10Mbit`, `1.5Gbit/s`: bits a second, 8 kbit/s to 1 Tbit/s.
    package static func bandwidth(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> UInt64? {
        guard text != none else { return nil }
        let plain = text.lowercased().hasSuffix("/s") ? String(text.dropLast(2)) : text
        let units: [(String, UInt64)] = [
            ("kbit", 1000), ("mbit", 1_000_000), ("gbit", 1_000_000_000), ("bit", 1),
        ]
        guard let bits = scaled(plain, units), (8000...1_000_000_000_000).contains(bits) else {
            throw Refusal(field: field, value: text, problem: .bandwidth)
        }
        // The kernel counts whole bytes.
        return bits / 8 * 8
    }

    /// The amount as people write it, without loss.
    package static func amountText(_ bytes: UInt64) -> String {
        text(
            bytes,
            [
                ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000),
                ("kB", 1000),
            ], "B")
    }

    package static func bandwidthText(_ bits: UInt64) -> String {
        text(bits, [("Gbit", 1_000_000_000), ("Mbit", 1_000_000), ("kbit", 1000)], "bit")
    }

    private static func text(
        _ value: UInt64, _ units: [(String, UInt64)], _ smallest: String
    ) -> String {
        for (unit, size) in units where value >= size && value % (size / 10) == 0 {
            let tenths = value / (size / 10)
            return tenths % 10 == 0
                ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
        }
        return "\(value)\(smallest)"
    }

    private static func plainNumber(_ text: String) -> UInt64? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(text) : nil
    }

    /// A number with up to three decimals and a unit.
    private static func scaled(_ text: String, _ units: [(String, UInt64)]) -> UInt64? {
        let lower = text.lowercased()
        guard let (unit, size) = units.first(where: { lower.hasSuffix($0.0) }) else { return nil }
        let number = lower.dropLast(unit.utf8.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = plainNumber(String(parts[0])),
            !parts[0].isEmpty
        else { return nil }
        let (product, isOver) = whole.multipliedReportingOverflow(by: size)
        guard !isOver else { return nil }
        guard parts.count == 2 else { return product }
        guard (1...3).contains(parts[1].utf8.count), let digits = plainNumber(String(parts[1]))
        else { return nil }
        let scale: UInt64 = [10, 100, 1000][parts[1].utf8.count - 1]
        let (sum, overflows) = product.addingReportingOverflow(
            size / scale * digits
                + size % scale * digits / scale)
        return overflows ? nil : sum
    }
}

extension ConnectionRate.Unit {
    fileprivate var spellings: [String] {
        switch self {
        case .second: ["s", "sec", "second"]
        case .minute: ["min", "m", "minute"]
        case .hour: ["h", "hour"]
        }
    }
}

extension ConnectionRate: CustomStringConvertible {
    package var description: String {
        switch per {
        case .second: "\(count)/s"
        case .minute: "\(count)/min"
        case .hour: "\(count)/hour"
        }
    }
}
