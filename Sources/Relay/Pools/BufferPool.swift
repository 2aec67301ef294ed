/// Memory for bytes that a sink did not take at once: one buffer for each direction that waits so.
struct BufferPool: ~Copyable {
    /// Bytes of a buffer, and of one read by copying.
    ///
    /// A read that fills it moves bulk.
    static let size = 64 << 10

    private let bytes: Reserve<UInt8>
    private let free: Reserve<Int32>
    private var made: Int32 = 0
    private var freeCount = 0
    private let limit: Int32
    var lent: Int { Int(made) - Int(freeCount) }

    init?(limit: Int) {
        guard let bytes = Reserve<UInt8>(limit * Self.size), let free = Reserve<Int32>(limit)
        else { return nil }
        self.bytes = bytes
        self.free = free
        self.limit = Int32(limit)
    }

    /// The number of a buffer, from 1 on; 0 when all are in use.
    mutating func take() -> Int32 {
        if freeCount > 0 {
            freeCount -= 1
            return free[freeCount]
        }
        guard made < limit else { return 0 }
        made += 1
        return made
    }

    mutating func giveBack(_ number: Int32) {
        free[freeCount] = number
        freeCount += 1
    }

    func address(of number: Int32) -> UnsafeMutablePointer<UInt8> {
        // SAFETY: a number that was taken lies below `limit`, for which room is reserved.
        unsafe bytes.address(of: Int(number - 1) * Self.size)
    }
}
