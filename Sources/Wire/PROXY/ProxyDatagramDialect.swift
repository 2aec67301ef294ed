/// Where a UDP target looks for the header; there is no agreement among programs.
///
/// The raw value is the word in files and commands.
package enum ProxyDatagramDialect: String, Hashable, Sendable, CaseIterable {
    /// Version 2 in front of every datagram.
    case v2EveryDatagram = "v2"
    /// Version 2 in front of the first datagram of a flow only.
    case v2FirstDatagram = "v2-first"
    /// The Simple Proxy Protocol, in front of every datagram.
    case simple = "spp"

    package var format: ProxyFormat {
        switch self {
        case .v2EveryDatagram, .v2FirstDatagram: .v2Datagram
        case .simple: .simple
        }
    }

    /// Whether datagrams after the first of a flow have a header.
    package var isRepeated: Bool { self != .v2FirstDatagram }
}
