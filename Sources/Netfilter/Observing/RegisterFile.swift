/// The registers of a rule: 64 bytes, numbered by the kernel in two ways.
struct RegisterFile {
    private var bytes = PartlyKnown(unknown: 64)
    /// What is not known and yet cannot be, by where it lies: an address that is not local.
    private var excluded: [Int: [UInt8]] = [:]

    /// 1 to 4 are 16 bytes wide, 8 to 23 are 4.
    private static func place(_ register: UInt32) -> Int? {
        switch register {
        case 1...4: Int(register - 1) * 16
        case 8...23: Int(register - 8) * 4
        default: nil
        }
    }

    /// Stores a value, zeros behind it up to the next multiple of four.
    mutating func store(
        _ value: PartlyKnown, in register: UInt32, excluding excluded: [UInt8]? = nil
    ) {
        guard let place = Self.place(register) else { return }
        bytes.replace(at: place, with: value)
        let padding = (4 - value.count % 4) % 4
        bytes.replace(
            at: place + value.count,
            with: PartlyKnown([UInt8](repeating: 0, count: padding)))
        self.excluded = self.excluded.filter {
            $0.key < place - 15 || $0.key >= place + value.count
        }
        self.excluded[place] = excluded
    }

    func value(_ register: UInt32, count: Int) -> PartlyKnown {
        guard let place = Self.place(register) else { return PartlyKnown(unknown: count) }
        let found = bytes[place..<(place + max(0, min(count, 64)))]
        return found.count == count ? found : PartlyKnown(unknown: min(max(0, count), 64))
    }

    /// Whether the register holds exactly this.
    func equals(_ register: UInt32, _ other: [UInt8]) -> Answer {
        if let place = Self.place(register), let excluded = excluded[place], excluded == other {
            return .no
        }
        return value(register, count: other.count).equals(other)
    }

    mutating func forget() { self = RegisterFile() }
}
