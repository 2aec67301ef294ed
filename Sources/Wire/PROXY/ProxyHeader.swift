package import Addressing

/// What a proxy says in front of a connection or a datagram: whose it really is.
///
/// The PROXY protocol, versions 1 and 2, as HAProxy defines it. It is believed only of trusted
/// proxies: whoever can send it can be anybody.
package struct ProxyHeader: Hashable, Sendable {
    package var origin: Origin
    /// The host name that the client asked the proxy for (TLS SNI); text from outside, of 255 bytes
    /// at most.
    package var authority: String?

    package init(_ origin: Origin, authority: String? = nil) {
        self.origin = origin
        self.authority = authority
    }

    package enum Origin: Hashable, Sendable {
        /// The connection is the proxy's own, or it does not know: the real endpoints count.
        case local
        case proxied(Transport, source: Endpoint, destination: Endpoint)
    }

    package enum Transport: Hashable, Sendable {
        case stream, datagram
    }
}

/// The versions that a listener is told to expect.
///
/// Nothing is ever guessed: a connection without a header that is expected is refused.
package enum ProxyVersions: Hashable, Sendable, CaseIterable {
    case v1, v2, either
}

/// What the first bytes of a connection amount to.
package enum ProxyHeaderReading: Hashable, Sendable {
    /// So far they can be the beginning of a header.
    case needMore
    /// The payload begins after `length` bytes.
    case complete(ProxyHeader, length: Int)
    case invalid(ProxyHeaderError)
}

/// Why bytes are no header; the connection is to be cut.
package enum ProxyHeaderError: Error, Hashable, Sendable, CaseIterable {
    /// They do not begin like a version that is expected.
    case noHeader
    /// Version 1 without its end in 107 bytes, version 2 with more than 2048 after the first 16.
    case tooLong
    /// CR or LF alone.
    case lineEnding
    /// Not the words, addresses, ports and single spaces that a line has.
    case line
    /// A version or command that is not defined.
    case command
    /// A family and transport that are not defined.
    case family
    /// Less announced than the addresses take.
    case tooShort
    /// An attribute that goes beyond the header, or has an impossible length.
    case attribute
    case checksum
}
