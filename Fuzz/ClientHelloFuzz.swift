import Wire

/// Hellos from any bytes: no trap, and what is decided stays decided.
///
/// The last byte chooses how many of the others have come before the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let early = Array(bytes.prefix(count == 0 ? 0 : Int(bytes[count - 1]) % count))
    let (before, after) = (ClientHello.read(early.span), ClientHello.read(bytes.span))
    precondition(before == .needMore || before == after, "more bytes changed the answer")
    guard case .hello(let hello) = after, let name = hello.serverName else { return 0 }
    precondition(ServerName(name.text) == name, "a name that is none")
    for pattern in ServerNamePattern.candidates(for: name) {
        precondition(pattern.matches(name) && ServerNamePattern(pattern.description) == pattern)
    }
    return 0
}
