/// Numbers and booleans as control points write them.
package enum UPnPNumber {
    /// Decimal digits, with blanks around them; no sign, and nothing beyond the type.
    package static func read<Number: FixedWidthInteger & UnsignedInteger>(
        _ text: some StringProtocol, as kind: Number.Type = Number.self
    ) -> Number? {
        let digits = text.trimmingBlanks
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Number(digits)
    }

    package static func readBoolean(_ text: some StringProtocol) -> Bool? {
        switch text.trimmingBlanks.lowercased() {
        case "1", "true", "yes": true
        case "0", "false", "no": false
        default: nil
        }
    }

    package static func text(_ value: Bool) -> String { value ? "1" : "0" }
}
