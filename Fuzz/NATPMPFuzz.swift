import Wire

/// Datagrams of NAT-PMP to a server and to a client: no trap, and what is read is what was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    switch NATPMPDatagram.read(bytes.span, epoch: 7) {
    case .silence: break
    case .refused(_, let response):
        precondition(response.count <= max(8, bytes.count), "it grows")
        // That of another version has no bit of a response, and reads as a question: but once.
        let again = NATPMPDatagram.read(response.span, epoch: 7)
        precondition(again == .silence || again == .request(.externalAddress), "an endless talk")
    case .request(let request): check(request)
    }
    let map = NATPMPMap(.tcp, internalPort: 8080, externalPort: 8080, lifetime: 7200)
    for request in [NATPMPRequest.externalAddress, .map(map)] {
        guard let answer = NATPMPAnswer.read(bytes.span, to: request) else { continue }
        guard case .mapped(let map, let epoch) = answer else { continue }
        precondition(NATPMPResponse(.mapped(map), epoch: epoch).bytes == bytes)
    }
    return 0
}

private func check(_ request: NATPMPRequest) {
    precondition(NATPMPDatagram.read(request.bytes.span, epoch: 0) == .request(request))
    for error in [NATPMPError.notAuthorized, .networkFailure, .outOfResources] {
        let response = NATPMPResponse(.refused(error, request), epoch: 7)
        precondition(response.bytes.count <= 16)
        precondition(
            NATPMPAnswer.read(response.bytes.span, to: request) == .refused(error, epoch: 7))
    }
    guard case .map(let map) = request else { return }
    let response = NATPMPResponse(.mapped(map), epoch: 7)
    precondition(
        NATPMPAnswer.read(response.bytes.span, to: request) == .mapped(map, epoch: 7))
}
