import Addressing
import Wire

/// Requests and answers from any bytes: no trap, and what is written of them is read the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let request = STUNBindingRequest(bytes) { check(request, bytes) }
    guard count >= 20, let asked = STUNBindingRequest(transaction: bytes[8..<20]),
        let answer = STUNBindingAnswer(bytes, to: asked)
    else { return 0 }
    let written = answer.bytes(to: asked)
    precondition(STUNBindingAnswer(written, to: asked) == answer, "the answer changed")
    return 0
}

private func check(_ request: STUNBindingRequest, _ bytes: [UInt8]) {
    precondition(request.bytes.count <= bytes.count + 4, "a request grew")
    guard request.notUnderstood.isEmpty else { return }
    precondition(STUNBindingRequest(request.bytes) == request, "the request changed")
    let seen = STUNSighting(Endpoint(.v4(IPv4Address(192, 0, 2, 1)), 7))
    let answer = STUNBindingAnswer.seen(seen).bytes(to: request)
    precondition(answer.count <= bytes.count + 12, "the answer is larger than it may be")
    precondition(STUNBindingAnswer(answer, to: request) == .seen(seen), "no answer to it")
}
