import CLinux

/// Room for a fixed number of plain values, which costs no memory until they are written.
///
/// Theory of operation. A relay's loop must not allocate, and its tables must not move while a flow is
/// being looked at. So each table is reserved once for the most it can ever hold (address space, not
/// memory: pages come with the first write) and addressed by index. An index out of range traps.
///
/// Values begin as all zeroes.
@safe
struct Reserve<Element: BitwiseCopyable>: ~Copyable {
    let capacity: Int
    private let base: UnsafeMutablePointer<Element>

    /// Nil when the address space is not to be had.
    init?(_ capacity: Int) {
        let bytes = max(1, capacity) * MemoryLayout<Element>.stride
        // SAFETY: the region is page aligned, readable, writable, zero-filled and ours until `deinit`.
        guard let memory = unsafe clinux_reserve(bytes) else { return nil }
        unsafe base = memory.bindMemory(to: Element.self, capacity: max(1, capacity))
        self.capacity = capacity
    }

    deinit {
        unsafe clinux_unreserve(base, max(1, capacity) * MemoryLayout<Element>.stride)
    }

    subscript(index: Int) -> Element {
        @inline(__always)
        _read {
            precondition(index >= 0 && index < capacity)
            // SAFETY: within the region, which lives as long as `self`.
            yield unsafe base[index]
        }
        @inline(__always)
        nonmutating _modify {
            precondition(index >= 0 && index < capacity)
            // SAFETY: as above; one loop thread owns the table.
            yield unsafe &base[index]
        }
    }

    subscript(index: Int32) -> Element {
        @inline(__always)
        _read { yield self[Int(index)] }
        @inline(__always)
        nonmutating _modify { yield &self[Int(index)] }
    }

    /// The address of a value, for a system call.
    func address(of index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < capacity)
        // SAFETY: within the region, which lives as long as `self`.
        return unsafe base + index
    }
}
