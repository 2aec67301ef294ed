/// What does not stand in the table.
package struct GatewaySettings: Hashable, Sendable {
    /// Whether new flows from a WAN to elsewhere need a forward.
    package var guarded: Bool
    /// Whether forwards end with the daemon.
    package var withdrawsOnStop: Bool

    package init(guarded: Bool = true, withdrawsOnStop: Bool = false) {
        self.guarded = guarded
        self.withdrawsOnStop = withdrawsOnStop
    }
}
