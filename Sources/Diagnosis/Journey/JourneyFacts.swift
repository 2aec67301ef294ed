package import Addressing
package import LinuxKit
package import Netfilter
import Netlink

/// What was found out of the machine for one journey.
package struct JourneyFacts: Hashable, Sendable {
    package var ruleset: ForeignRuleset
    /// Tables of the old iptables module whose rules could not be read, as `ip filter`.
    package var unread: [String] = []
    /// Whether the process may not read the tables of others at all.
    package var mayNotRead = false
    package var interfaces: [UInt32: InterfaceName] = [:]
    /// Whether the machine forwards packets of the family at all.
    package var forwards = true
    /// How sources are checked on the arrival interface: 0 not, 1 strictly, 2 loosely (RFC 3704).
    package var reversePathFilter = 0
    /// From the arrival interface to where the packet goes.
    package var onward: RouteLookup.Answer?
    /// From there back to the client.
    package var back: RouteLookup.Answer?
    /// What the target says to the gateway's own address on the way to it.
    package var near: TCPProbe.Answer?
    /// What it says to an address of the WAN, and which.
    package var far: TCPProbe.Answer?
    package var farAddress: IPAddress?
    /// Whether the kernel has the hardware address of the target; nil where that was not asked.
    package var isNeighbour: Bool?
    /// A program of the gateway that listens at the destination; nil for none.
    package var listener: String?

    /// What the forward carries now; nil where it has no limits.
    package var load: ForwardLoad?
    /// Why the kernel may not have what the table says.
    package var absence: Absence?

    package enum Absence: Hashable, Sendable {
        /// The engine would not have this forward.
        case suspended
        /// Another program changes the table, which is left to it.
        case contested(by: String)
    }

    package init(ruleset: ForeignRuleset = ForeignRuleset()) { self.ruleset = ruleset }

    func name(_ index: UInt32?) -> InterfaceName? { index.flatMap { interfaces[$0] } }

    /// The interface that it leaves by.
    var outInterface: InterfaceName? {
        guard case .found(let route) = onward else { return nil }
        return name(route.outInterface)
    }
}
