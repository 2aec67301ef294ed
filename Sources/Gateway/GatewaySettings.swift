package import Forwarding

/// What does not stand in the table.
package struct GatewaySettings: Hashable, Sendable {
    /// Whether new flows from a WAN to elsewhere need a forward.
    package var guarded: Bool
    /// Whether forwards end with the daemon.
    package var withdrawsOnStop: Bool

    /// What forwards can be carried by.
    package var engines: AvailableEngines

    /// What devices may have.
    package var leasing: LeasePolicy
    /// Whether routers in front are asked for what devices have, too.
    package var chainsLeases: Bool

    package init(
        guarded: Bool = true, withdrawsOnStop: Bool = false, engines: AvailableEngines = .both,
        leasing: LeasePolicy = .standard, chainsLeases: Bool = false
    ) {
        self.guarded = guarded
        self.withdrawsOnStop = withdrawsOnStop
        self.engines = engines
        self.leasing = leasing
        self.chainsLeases = chainsLeases
    }
}
