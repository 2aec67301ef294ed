import ArgumentParser
import ControlModel

/// The terms of a forward, for `add` and `set`.
struct ForwardOptions: ParsableArguments {
    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @Option(
        help: ArgumentHelp("Only at the addresses of one WAN interface.", valueName: "interface"))
    var on: String?

    @Option(help: ArgumentHelp("Only at one external address.", valueName: "address"))
    var at: String?

    @Option(help: ArgumentHelp("Who may use it; may be given several times.", valueName: "prefix"))
    var allow: [String] = []

    @Flag(help: "Everybody may use it (the default, said out loud).")
    var anywhere = false

    @Option(help: ArgumentHelp("Who may not; may be given several times.", valueName: "prefix"))
    var deny: [String] = []

    @Option(help: "Whether hosts inside may use it at the external address: on or off.")
    var hairpin: Switch?

    @Option(
        help: ArgumentHelp(
            """
            What the target sees as the sender: kept, rewritten (the gateway's address) or \
            transparent (kept by the relay).
            """))
    var source: String?

    @Flag(help: "Translate IPv6 (DNAT6) instead of letting it through to the device's address.")
    var nat6 = false

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("End after this long: 2h, 7d.", valueName: "duration"))
    var lasting: String?

    @Option(help: ArgumentHelp("End at a moment: 2026-12-24T18:00:00Z.", valueName: "moment"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "When it is open: 'mon-fri 18:00-23:00 Europe/Berlin', or always.", valueName: "windows"
        ))
    var schedule: String?

    @Option(help: "What becomes of live flows when the schedule closes: end or keep.")
    var whenClosed: String?

    @Option(help: ArgumentHelp("Flows at a time, or none for no bound.", valueName: "count"))
    var maxConnections: String?

    @Option(help: ArgumentHelp("Flows at a time for each source.", valueName: "count"))
    var maxConnectionsPerSource: String?

    @Option(help: ArgumentHelp("New flows: 20/s, 6/min, or none.", valueName: "rate"))
    var maxRate: String?

    @Option(help: ArgumentHelp("New flows for each source.", valueName: "rate"))
    var maxRatePerSource: String?

    @Option(help: ArgumentHelp("Bytes of a month: 50GB, or none.", valueName: "amount"))
    var monthly: String?

    @Option(help: ArgumentHelp("For each direction: 10Mbit, or none.", valueName: "bits"))
    var bandwidth: String?

    @OptionGroup var relay: RelayOptions

    @Option(help: "A note for people.")
    var comment: String?

    func validate() throws {
        try refuse("--anywhere", with: "--allow", when: anywhere && !allow.isEmpty)
        try refuse("--for", with: "--until", when: lasting != nil && until != nil)
        try refuse("--on", with: "--at", when: on != nil && at != nil)
    }

    /// Says which two options contradict each other.
    func refuse(_ first: String, with second: String, when both: Bool) throws {
        guard both else { return }
        throw ValidationError("\(first) contradicts \(second); say one of the two.")
    }

    func fill(_ body: inout ForwardBody) {
        body.on = on
        body.at = at
        body.allow = anywhere ? [] : (allow.isEmpty ? nil : allow)
        body.deny = deny.isEmpty ? nil : deny
        body.hairpin = hairpin.map { $0 == .on }
        body.source = source
        body.nat6 = nat6 ? true : nil
        body.for = lasting
        body.ends = until
        body.schedule = schedule
        body.whenClosed = whenClosed
        body.maxConnections = maxConnections
        body.maxConnectionsPerSource = maxConnectionsPerSource
        body.maxRate = maxRate
        body.maxRatePerSource = maxRatePerSource
        body.monthly = monthly
        body.bandwidth = bandwidth
        relay.fill(&body.relay)
        body.comment = comment
    }
}
