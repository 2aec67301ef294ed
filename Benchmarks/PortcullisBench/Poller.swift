import CPolling
import Glibc

/// Which sockets are ready (`epoll(7)`).
@safe struct Poller: ~Copyable {
    private let number: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>

    static let readable = EPOLLIN.rawValue
    static let writable = EPOLLOUT.rawValue
    static let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
    /// Told once for each change, not again and again.
    static let edges = EPOLLET.rawValue

    init() throws(Failure) {
        number = epoll_create1(0)
        guard number >= 0 else { throw Failure(call: "epoll_create1") }
        // SAFETY: freed once, by the owner's end; nobody else has the pointer.
        unsafe events = .allocate(capacity: 256)
        unsafe events.initialize(repeating: epoll_event())
    }

    deinit {
        close(number)
        unsafe events.deallocate()
    }

    /// Watches a socket until it is closed.
    func watch(_ socket: Int32, _ what: UInt32) {
        // SAFETY: the kernel reads one event, which outlives the call.
        var event = unsafe epoll_event(events: what, data: epoll_data_t(fd: socket))
        _ = unsafe epoll_ctl(number, EPOLL_CTL_ADD, socket, &event)
    }

    /// Waits and hands over what is ready.
    func wait(milliseconds: Int32, _ body: (Int32, UInt32) -> Void) {
        for place in ready(milliseconds: milliseconds) {
            let (socket, events) = self[place]
            body(socket, events)
        }
    }

    /// Waits for what is ready: the places at which it stands until the next call.
    func ready(milliseconds: Int32) -> Range<Int> {
        // SAFETY: the kernel writes at most `count` events, which outlive the call.
        let ready = unsafe epoll_wait(
            number, events.baseAddress, Int32(events.count), milliseconds)
        return 0..<max(0, Int(ready))
    }

    subscript(place: Int) -> (socket: Int32, events: UInt32) {
        // SAFETY: the buffer checks the place.
        let event = unsafe events[place]
        return unsafe (event.data.fd, event.events)
    }
}
