/// One counter of a set whose keys are marks.
///
/// Reading the counters of 10,000 forwards walks 40,000 elements, of five attributes each. `Attribute`
/// carries its buffer along, which costs a reference count at every step; here an attribute is two
/// offsets and the buffer is lent once (2 ms instead of 5).
package struct CountedMark: Hashable, Sendable, BitwiseCopyable {
    package var mark: UInt32
    package var packets: UInt64
    package var bytes: UInt64

    /// Hands over the counters of one NEWSETELEM message; elements without one are left out.
    package static func read(from message: Message, _ body: (CountedMark) -> Void) {
        let bytes = message.bytes
        let whole = Run(message.body + 4, message.end)
        guard let list = bytes.first(3, in: whole) else { return }
        bytes.forEach(in: list) { _, element in
            if let counted = CountedMark(element, bytes) { body(counted) }
        }
    }

    private init?(_ element: Run, _ bytes: [UInt8]) {
        guard let key = bytes.first(1, in: element), let value = bytes.first(1, in: key),
            value.count >= 4, let expression = bytes.first(7, in: element),
            let counter = bytes.first(2, in: expression)
        else { return nil }
        mark = bytes.host32(value.start)
        self.bytes = bytes.first(1, in: counter).flatMap(bytes.whole64) ?? 0
        packets = bytes.first(2, in: counter).flatMap(bytes.whole64) ?? 0
    }
}

/// Where attributes lie in a buffer.
private struct Run: BitwiseCopyable {
    let start: Int
    let end: Int

    init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    var count: Int { end - start }
}

extension [UInt8] {
    /// The payload of each attribute, with its type, up to the first that does not fit.
    @inline(__always)
    fileprivate func forEach(in run: Run, _ body: (UInt16, Run) -> Void) {
        var place = run.start
        while place + 4 <= run.end {
            let length = Int(host16(place))
            guard length >= 4, place + length <= run.end else { return }
            body(host16(place + 2) & 0x3fff, Run(place + 4, place + length))
            place += (length + 3) & ~3
        }
    }

    /// The payload of the first attribute of the type.
    @inline(__always)
    fileprivate func first(_ type: UInt16, in run: Run) -> Run? {
        var place = run.start
        while place + 4 <= run.end {
            let length = Int(host16(place))
            guard length >= 4, place + length <= run.end else { return nil }
            if host16(place + 2) & 0x3fff == type { return Run(place + 4, place + length) }
            place += (length + 3) & ~3
        }
        return nil
    }

    @inline(__always)
    fileprivate func whole64(_ run: Run) -> UInt64? { run.count >= 8 ? big64(run.start) : nil }
}
