import Addressing
import Wire

/// Headers of subscriptions from any bytes: no trap, and no callback to anybody else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let head = MessageHead(datagram: bytes) else { return 0 }
    precondition(MessageHead(datagram: head.bytes) == head || head.bytes.count > 1500)
    guard let peer = IPAddress("192.168.1.50"), let own = IPAddress("192.168.1.1") else { return 0 }
    for method in [GENARequest.Method.subscribe, .unsubscribe] {
        guard let request = try? GENARequest.read(method, head, from: peer, own: [own]) else {
            continue
        }
        check(request, peer)
    }
    let host = head["HOST"] ?? ""
    if OwnLiteral.matches(host, addresses: [own], port: 5000) {
        precondition(host == "192.168.1.1:5000", "another host: \(host)")
    }
    return 0
}

private func check(_ request: GENARequest, _ peer: IPAddress) {
    switch request {
    case .subscribe(let callback, let timeout):
        let isMapped = callback.endpoint.address == IPAddress("::ffff:192.168.1.50")
        precondition(callback.endpoint.address == peer || isMapped, "a stranger is called")
        precondition(callback.endpoint.port == 80 || callback.endpoint.port >= 1024)
        precondition(callback.path.hasPrefix("/") && callback.path.utf8.count <= 256)
        precondition((1800...86_400).contains(timeout))
    case .renew(let id, let timeout):
        precondition(id.text.hasPrefix("uuid:") && (1800...86_400).contains(timeout))
    case .cancel(let id): precondition(id.text.utf8.count == 41)
    }
}
