import Addressing
import Wire

/// Datagrams of PCP to a server and to a client: no trap, and no answer longer than the question.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for thirdParties in [false, true] {
        let offer = PCPOffer(epoch: 7, peers: thirdParties, thirdParties: thirdParties)
        checkServer(bytes, PCPDatagram.read(bytes.span, from: client(of: bytes), offering: offer))
    }
    guard let response = PCPResponse(reading: bytes.span) else { return 0 }
    precondition(response.bytes.count <= bytes.count)
    precondition(PCPResponse(reading: response.bytes.span) == response, "written otherwise")
    return 0
}

/// What a request says of its sender, so that more than the first check is reached.
private func client(of bytes: [UInt8]) -> IPAddress {
    let octets = bytes.dropFirst(8).prefix(16)
    return IPAddress(octets: octets) ?? .v4(.any)
}

private func checkServer(_ bytes: [UInt8], _ datagram: PCPDatagram) {
    switch datagram {
    case .silence, .natPMP: return
    case .refused(let error, let response):
        precondition(response.count <= max(24, (bytes.count + 3) / 4 * 4), "it grows")
        precondition(response.count <= PCP.longest && response[3] == error.rawValue)
        precondition(
            PCPDatagram.read(response.span, from: .v4(.any), offering: PCPOffer(epoch: 0))
                == .silence)
    case .request(let request):
        precondition(request.bytes.count <= bytes.count)
        precondition(readAgain(request) == .request(request), "written otherwise")
        let external = request.operation.mapping?.external
        let response = request.granted(
            external ?? Endpoint(.v4(.any), 0), lifetime: 120, epoch: 7,
            portSet: request.options.portSet)
        precondition(response.bytes.count <= bytes.count, "it grows")
        precondition(PCPAnswer.read(response.bytes.span, to: request) == .response(response))
    }
}

private func readAgain(_ request: PCPRequest) -> PCPDatagram {
    PCPDatagram.read(
        request.bytes.span, from: request.client, offering: PCPOffer(epoch: 7, thirdParties: true))
}
