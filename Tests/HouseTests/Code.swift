/// Takes comments and the text of string literals out of Swift code.
///
/// Lines stay where they are, and code
/// inside `\( )` stays too.
struct Code {
    private let bytes: [UInt8]
    private var place = 0
    private var kept: [UInt8] = []

    static func only(of bytes: [UInt8]) -> [UInt8] {
        var code = Code(bytes: bytes)
        code.readCode(until: nil)
        return code.kept
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")

    private func starts(with text: StaticString) -> Bool {
        let wanted = Array("\(text)".utf8)
        return bytes[place...].starts(with: wanted)
    }

    /// Up to the parenthesis that closes an interpolation, or to the end.
    private mutating func readCode(until end: UInt8?) {
        var depth = 0
        while place < bytes.count {
            if starts(with: "//") {
                skip { $0 == Self.newline }
            } else if starts(with: "/*") {
                skipBlock()
            } else if let hashes = openingOfString() {
                place += hashes
                readString(hashes)
            } else {
                let byte = bytes[place]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if depth == 0, end != nil { return }
                    depth -= 1
                }
                keep(byte)
            }
        }
    }

    private mutating func keep(_ byte: UInt8) {
        kept.append(byte)
        place += 1
    }

    private mutating func skip(until isEnd: (UInt8) -> Bool) {
        while place < bytes.count, !isEnd(bytes[place]) { place += 1 }
    }

    private mutating func skipBlock() {
        while place < bytes.count, !starts(with: "*/") { skipByte() }
        place += 2
    }

    private mutating func skipByte() {
        if bytes[place] == Self.newline { kept.append(Self.newline) }
        place += 1
    }

    /// The number of `#` before a quotation mark; nil where no string begins.
    private func openingOfString() -> Int? {
        let rest = bytes[place...]
        let hashes = rest.prefix { $0 == Self.hash }.count
        return rest.dropFirst(hashes).first == Self.quote ? hashes : nil
    }

    private mutating func readString(_ hashes: Int) {
        let isLong = starts(with: "\"\"\"")
        let mark = Array(repeating: Self.quote, count: isLong ? 3 : 1)
        let end = mark + Array(repeating: Self.hash, count: hashes)
        let escape = [UInt8(ascii: "\\")] + Array(repeating: Self.hash, count: hashes)
        kept += mark
        place += mark.count
        while place < bytes.count {
            if bytes[place...].starts(with: end) {
                kept += mark
                place += end.count
                return
            }
            guard bytes[place...].starts(with: escape) else {
                skipByte()
                continue
            }
            place += escape.count
            guard place < bytes.count, bytes[place] == UInt8(ascii: "(") else {
                if place < bytes.count { skipByte() }
                continue
            }
            keep(UInt8(ascii: "("))
            readCode(until: UInt8(ascii: ")"))
            if place < bytes.count { keep(UInt8(ascii: ")")) }
        }
    }
}
