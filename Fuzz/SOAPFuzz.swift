import Wire

/// Documents from any bytes: no trap, no limit passed, and what is called can be answered.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    checkTree(bytes)
    checkHeader(String(decoding: bytes, as: UTF8.self))
    guard let content = try? XMLElement(parsing: bytes)["Body"]?.children.first else {
        checkRouter(bytes)
        return 0
    }
    for service in IGDService.allCases {
        for version in 1...service.newestVersion {
            guard let type = IGDServiceType(service, version: version) else { continue }
            checkCall(bytes, content.name.local, type)
        }
    }
    let question = SOAPQuestion.externalAddress(IGDService.wanIPConnection.newest)
    _ = try? SOAPReply(bytes, to: question).externalAddress()
    _ = try? SOAPReply(bytes, to: .genericEntry(index: 0, question.type)).genericEntry()
    return 0
}

private func checkTree(_ bytes: [UInt8]) {
    let limits = XMLLimits(depth: 6, elements: 16, attributes: 3, name: 40, text: 200)
    guard let root = try? XMLElement(parsing: bytes, limits: limits) else { return }
    let (depth, size) = measure(root, limits)
    precondition(depth <= limits.depth && size <= limits.elements, "a limit was passed")
    precondition((try? XMLElement(parsing: bytes)) == root, "wider limits, another document")
    var writer = XMLWriter()
    writer.element("a", root.text)
    guard let again = try? XMLElement(parsing: writer.bytes) else {
        preconditionFailure("what was written is no document")
    }
    precondition(again.text == root.text, "another text")
}

private func measure(_ element: XMLElement, _ limits: XMLLimits) -> (depth: Int, size: Int) {
    precondition(element.text.utf8.count <= limits.text && element.attributes.count <= 3)
    var (depth, size) = (0, 1)
    for child in element.children {
        let inner = measure(child, limits)
        (depth, size) = (max(depth, inner.depth), size + inner.size)
    }
    return (depth + 1, size)
}

private func checkHeader(_ text: String) {
    guard let header = SOAPActionHeader(text) else { return }
    precondition(!header.type.isEmpty && !header.action.isEmpty)
}

private func checkCall(_ bytes: [UInt8], _ action: String, _ type: IGDServiceType) {
    let header = SOAPActionHeader(type: type.urn, action: action)
    guard case .call(let call) = try? SOAPRequest.read(bytes, header, at: type.service) else {
        return
    }
    precondition(call.values.count == call.action.inputs.count && call.type == type)
    do throws(UPnPError) {
        check(try IGDRequest(call))
    } catch {
        precondition(error.isSaid(by: type.service), "an error of another service")
    }
    let answer = SOAPAnswer.success(call, outputs: .none).body
    precondition((try? XMLElement(parsing: answer)) != nil, "an answer that is no document")
}

private func check(_ request: IGDRequest) {
    switch request {
    case .addPortMapping(let mapping):
        precondition(mapping.key.externalPort != 0 && mapping.internalPort != 0)
        precondition(mapping.description.unicodeScalars.count <= 64)
    case .addAnyPortMapping(let mapping): precondition(mapping.internalPort != 0)
    case .addPinhole(let flow, let lease):
        precondition(flow.internalPort != 0 && (1...86_400).contains(lease))
    default: break
    }
}

private func checkRouter(_ bytes: [UInt8]) {
    guard let location = LocalURL("http://192.0.2.1:5000/rootDesc.xml"),
        let router = try? RouterDescription(parsing: bytes, from: location)
    else { return }
    for service in router.services {
        precondition(service.control.endpoint.address == location.endpoint.address)
    }
}
