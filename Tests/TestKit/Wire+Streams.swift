import Glibc

/// How streams end, and what is on its way in them.
extension Wire {
    /// Says that no more comes.
    package func shutDown() throws { try Self.check("shutdown", shutdown(number, Int32(SHUT_WR))) }

    /// Breaks the connection off: the peer sees a reset, now.
    package func reset() throws {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        // SAFETY: the address outlives the call. An unspecified one takes the socket apart.
        try Self.check(
            "connect",
            unsafe connect(number, &nowhere, socklen_t(MemoryLayout<sockaddr>.size)))
    }

    /// Bytes that the peer has not acknowledged.
    package var undelivered: Int32 {
        var count: Int32 = 0
        // SAFETY: the kernel writes one number into a variable that outlives the call.
        return unsafe ioctl(number, UInt(TIOCOUTQ), &count) < 0 ? 0 : count
    }

    /// Keeps the kernel from taking in much that nobody reads.
    package func shrinkReceiveBuffer(to bytes: Int32) throws {
        try option(Int32(SOL_SOCKET), SO_RCVBUF, bytes)
    }

    /// Whether the peer breaks the connection off in time, without anything being read or sent.
    package func isBroken(within milliseconds: Int32 = 3000) -> Bool {
        var waiting = pollfd(fd: number, events: 0, revents: 0)
        // SAFETY: one entry, which outlives the call.
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    /// Whether somebody waits to be accepted.
    package var isWaiting: Bool { waitFor(Int16(POLLIN), 0) }

    /// So many bytes, or fewer when no more come.
    package func receive(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = try receive(), !more.isEmpty { bytes += more }
        return bytes
    }

    /// How the peer's bytes end.
    package enum Ending: Sendable, Hashable {
        case end, reset
        /// It did not end in time.
        case silence
    }

    /// What was heard of a peer.
    package struct Heard: Sendable, Hashable {
        package var count = 0
        /// Whether each byte was the right one for its place.
        package var isExact = true
        package var ending = Ending.silence
        /// How much the peer's kernel took of what was said.
        package var said = 0
        /// Whether this side came to say its end, or to break off, in time.
        package var hasClosed = false

        package init() {}

        /// All of it, and an end in order.
        package func isWhole(_ count: Int) -> Bool {
            self.count == count && isExact && ending == .end
        }
    }

    /// What to say to a peer, and how to end.
    package struct Speech: Sendable {
        package enum Close: Sendable {
            case end
            /// After everything has reached the peer's kernel.
            case reset
            case none
        }

        package var count: Int
        package var words: Pattern
        package var close: Close
        /// Bytes in one call: at random up to so many.
        package var mostAtOnce = 65536
        package var seed = Seed(0)

        package init(
            _ count: Int, of words: Pattern, _ close: Close = .end, mostAtOnce: Int = 65536,
            seed: Seed = Seed(0)
        ) {
            (self.count, self.words, self.close) = (count, words, close)
            (self.mostAtOnce, self.seed) = (mostAtOnce, seed)
        }
    }

    /// Speaks and listens at the same time until both sides have come to an end; waits on its thread.
    ///
    /// - Parameter words: what the peer is expected to say; nil when it has ended before.
    package func converse(
        _ speech: Speech, hearing words: Pattern?, within seconds: Double = 60
    ) throws -> Heard {
        // A Unix socket has no such thing.
        try? option(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        var (heard, gen) = (Heard(), Gen(speech.seed))
        var (isBroken, hasEnded) = (false, words == nil)
        let (clock, limit) = (ContinuousClock(), Duration.seconds(seconds))
        let start = clock.now
        while !(heard.hasClosed || isBroken) || !hasEnded {
            guard clock.now - start < limit else { return heard }
            if heard.said == speech.count, !heard.hasClosed, !isBroken {
                heard.hasClosed = try close(as: speech.close)
                if heard.hasClosed, case .reset = speech.close { return heard }
            }
            let speaks = heard.said < speech.count && !isBroken
            let wants = (hasEnded ? 0 : POLLIN) | (speaks ? POLLOUT : 0)
            _ = waitFor(Int16(wants), heard.hasClosed || isBroken || speaks ? 200 : 2)
            if speaks { isBroken = !say(speech, &heard, &gen) }
            if let words, !hasEnded { hasEnded = hear(words, &heard, isBroken) }
        }
        return heard
    }

    private func close(as close: Speech.Close) throws -> Bool {
        switch close {
        case .none: return true
        case .end:
            // The peer may have broken off already.
            _ = shutdown(number, Int32(SHUT_WR))
            return true
        case .reset:
            guard undelivered == 0 else { return false }
            try reset()
            return true
        }
    }

    /// False when nobody takes anything any more.
    private func say(_ speech: Speech, _ heard: inout Heard, _ gen: inout Gen) -> Bool {
        let wished = min(gen.int(1...speech.mostAtOnce), speech.count - heard.said)
        let bytes = speech.words.bytes(at: heard.said, wished)
        // SAFETY: the kernel reads the bytes, which outlive the call.
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(
                number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        guard sent < 0 else {
            heard.said += sent
            return true
        }
        return errno == EAGAIN
    }

    /// Whether the peer's bytes have ended.
    private func hear(_ words: Pattern, _ heard: inout Heard, _ isBroken: Bool) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let room = bytes.count
        // SAFETY: the kernel writes at most `room` bytes into the array, which outlives the call.
        let count = unsafe Glibc.recv(number, &bytes, room, Int32(MSG_DONTWAIT))
        guard count <= 0 else {
            heard.isExact = heard.isExact && words.has(bytes[..<count], at: heard.count)
            heard.count += count
            return false
        }
        if count < 0, errno == EAGAIN { return false }
        // What the socket had to say of a reset may have been said to the one who wrote.
        heard.ending = count == 0 && !isBroken ? .end : .reset
        return true
    }
}
