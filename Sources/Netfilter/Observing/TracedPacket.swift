package import Addressing

/// A packet whose way through the rules of others is asked for, on its whole road.
///
/// It has no options, no extension headers and is no fragment. As a new flow's it is the first of
/// its
/// flow: for TCP a SYN.
package struct TracedPacket: Hashable, Sendable {
    package var transport: TransportProtocol
    /// The sender, as it was when the packet came in.
    package var source: IPAddress
    /// Nil when it does not matter to the asker: rules that ask for it are then open.
    package var sourcePort: UInt16?
    /// Where it was sent to, before any translation.
    package var destination: Endpoint
    /// Where our own table sends it on to; nil when it does not.
    package var translation: Endpoint?
    /// Nil for a packet that a program on the gateway made.
    package var inInterface: InterfaceName?
    /// Nil while it is not known.
    package var outInterface: InterfaceName?
    package var state: State = .new
    /// Whether it goes against the direction in which the flow was opened.
    package var isReply = false
    /// Whether the flow was sent elsewhere than it asked (`ct status dnat`); a `translation` says
    /// so
    /// already.
    package var isOfTranslatedFlow = false
    /// The flow's mark where our table has set it; nil when it is not known.
    package var connectionMark: UInt32? = 0
    package var packetMark: UInt32? = 0
    /// The gateway's own addresses, for rules that ask whether one is local; nil when not known.
    package var ownAddresses: Set<IPAddress>?

    package enum State: Hashable, Sendable {
        case new, established
    }

    package init(
        _ transport: TransportProtocol, from source: IPAddress, port: UInt16? = nil,
        to destination: Endpoint, translation: Endpoint? = nil, in inInterface: InterfaceName?,
        out outInterface: InterfaceName?
    ) {
        self.transport = transport
        self.source = source
        sourcePort = port
        self.destination = destination
        self.translation = translation
        self.inInterface = inInterface
        self.outInterface = outInterface
    }

    var isTranslated: Bool { translation != nil || isOfTranslatedFlow }
}

/// Where in the kernel packets meet rules (`NF_INET_*`).
package enum ForeignHook: UInt32, Hashable, Sendable, CaseIterable {
    case prerouting = 0, input, forward, output, postrouting

    /// The ones that a packet passes before this one.
    func earlier(isOwn: Bool) -> [ForeignHook] {
        switch self {
        case .prerouting, .output: []
        case .input, .forward: [.prerouting]
        case .postrouting: isOwn ? [.output] : [.prerouting, .forward]
        }
    }

    /// Where the kernel translates addresses; chains of type `nat` run there, whatever theirs.
    var natPriority: Int32 {
        self == .prerouting || self == .output ? -100 : 100
    }

    var isEntrance: Bool { self == .prerouting || self == .output }
}
