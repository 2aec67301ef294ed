/// Letters of which six bits make one, and which mean nothing to a URL or a header (RFC 4648 section 5).
enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: Bits.split(bytes, into: 6).map { alphabet[$0] }, as: UTF8.self)
    }

    /// Nil for other letters, and where bits are left over that are not zero.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        Bits.join(text.utf8.map { alphabet.firstIndex(of: $0) }, of: 6)
    }
}

/// Letters that can be told apart by ear, of which five bits make one (RFC 4648 section 6).
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func text(_ bytes: [UInt8]) -> String {
        String(decoding: Bits.split(bytes, into: 5).map { alphabet[$0] }, as: UTF8.self)
    }

    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        Bits.join(text.utf8.map { alphabet.firstIndex(of: $0) }, of: 5)
    }
}

/// Bytes as smaller numbers, and back.
private enum Bits {
    static func split(_ bytes: [UInt8], into width: Int) -> [Int] {
        var (numbers, held, count): ([Int], Int, Int) = ([], 0, 0)
        for byte in bytes {
            (held, count) = (held << 8 | Int(byte), count + 8)
            while count >= width {
                count -= width
                numbers.append(held >> count)
                held &= (1 << count) - 1
            }
        }
        if count > 0 { numbers.append(held << (width - count)) }
        return numbers
    }

    static func join(_ numbers: [Int?], of width: Int) -> [UInt8]? {
        var (bytes, held, count): ([UInt8], Int, Int) = ([], 0, 0)
        for number in numbers {
            guard let number else { return nil }
            (held, count) = (held << width | number, count + width)
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(held >> count))
            held &= (1 << count) - 1
        }
        // One text for each value: what pads it is zero, and less than a letter.
        return held == 0 && count < width ? bytes : nil
    }
}
