/// A datagram in a batch, or several of one size.
struct DatagramStretch: BitwiseCopyable {
    var place: Int
    var start = 0
    var length: Int
    /// Bytes of each of several, the last of which may be shorter; 0 for a single one.
    var segment: UInt32 = 0

    var datagrams: Int { segment == 0 ? 1 : (length + Int(segment) - 1) / Int(segment) }

    /// Each datagram by itself.
    var pieces: Pieces { Pieces(rest: self) }

    struct Pieces: Sequence, IteratorProtocol, BitwiseCopyable {
        fileprivate var rest: DatagramStretch
        /// An empty datagram is one, too.
        private var isOver = false

        fileprivate init(rest: DatagramStretch) { self.rest = rest }

        mutating func next() -> DatagramStretch? {
            guard !isOver else { return nil }
            var piece = rest
            piece.segment = 0
            guard rest.segment > 0, rest.length > Int(rest.segment) else {
                isOver = true
                return piece
            }
            piece.length = Int(rest.segment)
            rest.start += piece.length
            rest.length -= piece.length
            return piece
        }
    }

    /// What is left behind so many bytes.
    func dropping(_ count: Int) -> DatagramStretch {
        DatagramStretch(place: place, start: start + count, length: length - count)
    }
}
