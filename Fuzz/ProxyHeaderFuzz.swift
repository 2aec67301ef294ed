import Wire

/// Headers of every kind from any bytes: no trap, and what is decided stays decided.
///
/// The last byte chooses how many of the others have come before the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let early = Array(bytes.prefix(count == 0 ? 0 : Int(bytes[count - 1]) % count))
    for versions in ProxyVersions.allCases {
        check(bytes, early) { ProxyHeader.read($0.span, accepting: versions) }
    }
    check(bytes, early) { SimpleProxyHeader.read($0.span) }
    return 0
}

private func check(_ bytes: [UInt8], _ early: [UInt8], _ read: ([UInt8]) -> ProxyHeaderReading) {
    let (before, after) = (read(early), read(bytes))
    precondition(before == .needMore || before == after, "more bytes changed the answer")
    guard case .complete(let header, let length) = after else { return }
    precondition(length <= bytes.count && length <= ProxyHeader.longest)
    precondition(read(Array(bytes.prefix(length))) == after)
    precondition(read(Array(bytes.prefix(length - 1))) == .needMore, "decided too early")
    checkWriting(header)
}

/// What was read is read again from what is written of it.
private func checkWriting(_ header: ProxyHeader) {
    guard case .proxied(let transport, let source, let destination) = header.origin else { return }
    let formats: [ProxyFormat] = transport == .stream ? [.v1, .v2Stream] : [.v2Datagram]
    for format in formats {
        let written = format.bytes(from: source, to: destination)
        guard
            case .complete(let again, let length) = ProxyHeader.read(
                written.span, accepting: .either),
            case .proxied(transport, let from, let to) = again.origin
        else { preconditionFailure("what was written is no header") }
        precondition(length == written.count && from.port == source.port)
        precondition(to.port == destination.port && format.bytes(from: from, to: to) == written)
    }
}
