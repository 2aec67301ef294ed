import Wire

/// Datagrams of SSDP from any bytes: no trap, and what is understood is said again as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let search = SSDPSearch(bytes) {
        precondition((1...5).contains(search.delay), "a delay out of bounds")
        precondition(SSDPSearch(search.bytes(to: .v4)) == search, "another question")
        for face in IGDFace.allCases { check(search, face) }
    }
    if let news = SSDPNews(bytes) {
        precondition(news.location != nil || news.kind == .byebye)
        guard let location = news.location else { return 0 }
        precondition(LocalURL(location.description) == location, "another place")
    }
    return 0
}

private func check(_ search: SSDPSearch, _ face: IGDFace) {
    guard let identity else { preconditionFailure("no identity") }
    let presence = SSDPPresence(identity, face, IGDOffer(includesPPP: true))
    let voice = SSDPVoice(
        location: "http://192.0.2.1:5000/rootDesc.xml", server: "a/1 UPnP/1.1 b/1", boot: 1,
        configuration: 1)
    for entry in presence.answers(to: search.target) {
        let answer = SSDPNews(voice.answer(entry, date: ""))
        precondition(answer?.target == entry.target && answer?.usn == entry.usn)
    }
}

private let identity = IGDIdentity(
    gateway: "8a6f3c10-0000-4000-8000-0242ac110001", wan: "8a6f3c10-0000-4000-8000-0242ac110002",
    connection: "8a6f3c10-0000-4000-8000-0242ac110003", friendlyName: "", manufacturer: "",
    manufacturerURL: "", modelDescription: "", modelName: "", modelNumber: "", serialNumber: "",
    presentationURL: "", configuration: 1)
