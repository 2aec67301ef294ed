/// A row of plain values on the heap, for what a forward has any number of.
///
/// Freed by hand: the loop that owns the forward calls `free` when it takes another plan.
@safe
struct Run<Element: BitwiseCopyable>: BitwiseCopyable {
    let count: Int
    private let base: UnsafeMutablePointer<Element>?

    static var empty: Run { Run([]) }

    init(_ elements: [Element]) {
        count = elements.count
        guard !elements.isEmpty else {
            unsafe base = nil
            return
        }
        // SAFETY: freed once by `free`, and not used afterwards.
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        for (place, element) in elements.enumerated() {
            unsafe (memory + place).initialize(to: element)
        }
        unsafe base = memory
    }

    subscript(index: Int) -> Element {
        @inline(__always)
        get {
            precondition(index >= 0 && index < count)
            // SAFETY: within the allocation; `count` is 0 where there is none.
            return unsafe base.unsafelyUnwrapped[index]
        }
        @inline(__always)
        nonmutating _modify {
            precondition(index >= 0 && index < count)
            // SAFETY: as above.
            yield unsafe &base.unsafelyUnwrapped[index]
        }
    }

    /// The first value's address, for a system call; nil for an empty row.
    var address: UnsafeMutablePointer<Element>? { unsafe base }

    func free() { unsafe base?.deallocate() }
}
