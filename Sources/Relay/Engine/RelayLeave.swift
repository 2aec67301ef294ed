import CLinux

/// The loops of a relay whose time is over, apart from the engine: they belong to no actor.
package struct RelayLeave: Sendable {
    let loops: [LoopHandle]

    /// Takes all listening sockets away; connections wait in them until somebody else accepts.
    package func surrender() -> [Int32] { loops.flatMap { $0.surrender() } }

    /// Closes what was taken away and is elsewhere now.
    package static func close(_ sockets: [Int32]) {
        for socket in sockets { _ = clinux_close(socket) }
    }

    /// Waits until the connections have ended.
    ///
    /// - Returns: how many were left when the time was over.
    package func drain(seconds: Int) -> Int {
        let end = clinux_milliseconds() + UInt64(seconds) * 1000
        for loop in loops {
            let now = clinux_milliseconds()
            _ = loop.drain(within: Int32(clamping: end > now ? end - now : 0))
        }
        return loops.reduce(0) { $0 + ((try? $1.ask(.resources))?.resources.streams ?? 0) }
    }

    package func stop() { for loop in loops { loop.stop() } }
}
