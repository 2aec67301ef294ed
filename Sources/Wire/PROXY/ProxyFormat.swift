package import Addressing

/// A form in which a header is written, for a target that expects it.
package enum ProxyFormat: Hashable, Sendable, CaseIterable {
    case v1, v2Stream, v2Datagram
    /// The Simple Proxy Protocol for UDP.
    case simple

    /// What a header of any form fits in, in bytes.
    package static let longest = ProxyLine.longest

    /// Version 2's LOCAL: a connection of our own, such as a probe.
    package static let local: [UInt8] =
        BinaryProxyHeader.signature + [BinaryProxyHeader.local, 0, 0, 0]

    /// Writes the header of one connection or datagram; the number of bytes, or nil, with nothing
    /// written, when there is no room for the longest of this form.
    ///
    /// It allocates nothing: it is called on the way of packets.
    package func write(
        from source: Endpoint, to destination: Endpoint, into output: inout OutputSpan<UInt8>
    ) -> Int? {
        guard output.freeCapacity >= longest else { return nil }
        let before = output.count
        let pair = AddressPair(source.address, destination.address)
        switch self {
        case .v1: output.append(line: pair)
        case .v2Stream: output.append(block: pair, .stream)
        case .v2Datagram: output.append(block: pair, .datagram)
        case .simple: output.append(simple: pair)
        }
        switch self {
        case .v1: output.append(linePorts: source.port, destination.port)
        case .v2Stream, .v2Datagram, .simple:
            output.append(number: source.port)
            output.append(number: destination.port)
        }
        return output.count - before
    }

    /// The longest header of this form, in bytes.
    package var longest: Int {
        switch self {
        case .v1: ProxyLine.longest
        case .v2Stream, .v2Datagram:
            BinaryProxyHeader.headLength + ProxyFamily.tcp6.blockLength
        case .simple: SimpleProxyHeader.length
        }
    }

    /// The same as an array, for those who are in no hurry.
    package func bytes(from source: Endpoint, to destination: Endpoint) -> [UInt8] {
        Array(capacity: longest) { output in
            _ = write(from: source, to: destination, into: &output)
        }
    }
}

extension OutputSpan<UInt8> {
    /// Version 2 up to the ports.
    fileprivate mutating func append(block pair: AddressPair, _ transport: ProxyHeader.Transport) {
        let family: ProxyFamily
        switch (pair, transport) {
        case (.v4, .stream): family = .tcp4
        case (.v4, .datagram): family = .udp4
        case (.v6, .stream): family = .tcp6
        case (.v6, .datagram): family = .udp6
        }
        append(BinaryProxyHeader.signature)
        append(BinaryProxyHeader.proxy)
        append(family.rawValue)
        append(number: UInt16(family.blockLength))
        switch pair {
        case .v4(let source, let destination):
            append(number: source.bits)
            append(number: destination.bits)
        case .v6(let source, let destination):
            append(source)
            append(destination)
        }
    }

    /// The Simple Proxy Protocol up to the ports.
    fileprivate mutating func append(simple pair: AddressPair) {
        append(SimpleProxyHeader.signature)
        append(pair.source.asV6)
        append(pair.destination.asV6)
    }

    private mutating func append(_ address: IPv6Address) {
        append(number: address.high)
        append(number: address.low)
    }
}
