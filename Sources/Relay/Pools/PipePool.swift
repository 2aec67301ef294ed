import CLinux

/// The pipes of a loop, lent to directions that move bulk.
///
/// Theory of operation. Pipes are made as they are needed, up to a limit, and kept. What all pipes of a
/// user hold is limited without privilege (`pipe-user-pages-soft`, 64 MiB): past it the kernel gives new
/// ones a single page, with which splicing is slower than copying. Such a pipe is not used, and another
/// is only tried after some directions have copied.
struct PipePool: ~Copyable {
    /// Bytes asked for: what a fast stream brings in one turn.
    ///
    /// Measured: 256 KiB is 3 % slower.
    static let wanted: Int32 = 1 << 20
    /// Below this, copying is the better way.
    static let least = 64 << 10

    private let pipes: Reserve<Pipe>
    private let free: Reserve<Int32>
    private var made = 0
    private var freeCount = 0
    private let limit: Int
    /// How many times no pipe is tried, after one could not be had.
    private var rest = 0
    private static let longestRest = 64
    /// Pipes in use by directions.
    private(set) var lent = 0
    var descriptors: Int { made * 2 }

    struct Pipe: BitwiseCopyable {
        var output: Int32
        var input: Int32
        var capacity: Int
    }

    init?(limit: Int) {
        guard let pipes = Reserve<Pipe>(limit), let free = Reserve<Int32>(limit) else {
            return nil
        }
        self.pipes = pipes
        self.free = free
        self.limit = limit
    }

    subscript(number: Int32) -> Pipe { pipes[number - 1] }

    /// The number of an empty pipe, from 1 on; 0 when there is none to be had.
    ///
    /// - Parameter budget: descriptors that pipes may have, in all.
    mutating func take(from budget: Int) -> Int32 {
        if freeCount == 0, descriptors + 2 <= budget { makeOne() }
        guard freeCount > 0 else { return 0 }
        freeCount -= 1
        lent += 1
        return free[freeCount]
    }

    mutating func giveBack(_ number: Int32) {
        lent -= 1
        offer(number)
    }

    private mutating func offer(_ number: Int32) {
        free[freeCount] = number
        freeCount += 1
    }

    /// Closes a pipe that still holds bytes of a flow that is over, and makes another in its place.
    mutating func giveBackDirty(_ number: Int32) {
        let pipe = pipes[number - 1]
        _ = clinux_close(pipe.output)
        _ = clinux_close(pipe.input)
        lent -= 1
        guard open(number - 1) else {
            // Its place stays empty: one pipe less from now on.
            pipes[number - 1] = Pipe(output: -1, input: -1, capacity: 0)
            return
        }
        offer(number)
    }

    private mutating func makeOne() {
        guard made < limit else { return }
        guard rest == 0 else { return rest -= 1 }
        guard open(Int32(made)) else { return rest = Self.longestRest }
        made += 1
        offer(Int32(made))
    }

    private func open(_ place: Int32) -> Bool {
        var (output, input): (Int32, Int32) = (-1, -1)
        // SAFETY: the kernel writes one number into each.
        let capacity = unsafe clinux_pipe_ends(&output, &input, Self.wanted)
        guard capacity >= Self.least else {
            if capacity > 0 {
                _ = clinux_close(output)
                _ = clinux_close(input)
            }
            return false
        }
        pipes[place] = Pipe(output: output, input: input, capacity: capacity)
        return true
    }

    deinit {
        for place in 0..<made where pipes[place].output >= 0 {
            _ = clinux_close(pipes[place].output)
            _ = clinux_close(pipes[place].input)
        }
    }
}
