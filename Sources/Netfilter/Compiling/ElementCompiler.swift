import Addressing
import Forwarding
import Netlink

/// An element and the set that it belongs in.
struct PlacedElement: Hashable {
    var set: String
    var element: SetElement
}

/// Says which elements a forward is made of.
///
/// Pure: the same forward gives the same elements.
struct ElementCompiler {
    let mask: MarkMask
    /// From when lease durations are counted.
    let now: Timestamp

    func elements(of forward: ActiveForward) -> [PlacedElement] {
        var placed: [PlacedElement] = []
        placed.reserveCapacity(4)
        guard !forward.isException else {
            placeException(forward, in: &placed)
            return placed
        }
        placeTags(of: forward, in: &placed)
        placeTargets(of: forward, in: &placed)
        let mark = RegisterImage().mark(mask.mark(of: forward.id))
        if let chain = Admission(forward)?.chain ?? FlowLimits(forward)?.chain {
            placed.append(PlacedElement(set: "gate", element: SetElement(mark, data: .jump(chain))))
        }
        placePeers(of: forward, mark, in: &placed)
        placeTimes(of: forward, mark, in: &placed)
        if forward.keepsPort { placeLeaving(of: forward, in: &placed) }
        placeMeters(of: forward, mark, in: &placed)
        if forward.rewritesSource {
            placed.append(PlacedElement(set: "rewrite", element: SetElement(mark)))
        }
        return placed
    }

    /// Which map a tag stands in; the name of the map for ranges is longer by a word.
    private func placeTags(of forward: ActiveForward, in placed: inout [PlacedElement]) {
        guard !forward.isWhole else { return placeWhole(of: forward, in: &placed) }
        if forward.target4 != nil { placeTags(of: forward, isV4: true, in: &placed) }
        guard let target6 = forward.target6 else { return }
        guard forward.isPinhole else { return placeTags(of: forward, isV4: false, in: &placed) }
        for transport in forward.transports.all {
            place(
                forward, transport, at: .v6(target6), "pin6", "pin6_range", in: &placed)
        }
    }

    private func placeTags(
        of forward: ActiveForward, isV4: Bool, in placed: inout [PlacedElement]
    ) {
        for transport in forward.transports.all {
            switch forward.scope {
            case .everyWAN:
                place(
                    forward, transport, at: nil, isV4 ? "any4" : "any6",
                    isV4 ? "any4_range" : "any6_range", in: &placed)
            case .addresses(let addresses):
                for address in addresses where (address.family == .v4) == isV4 {
                    place(
                        forward, transport, at: address, isV4 ? "at4" : "at6",
                        isV4 ? "at4_range" : "at6_range", in: &placed)
                }
            }
        }
    }

    private func place(
        _ forward: ActiveForward, _ transport: TransportProtocol, at address: IPAddress?,
        _ map: String, _ rangeMap: String, in placed: inout [PlacedElement]
    ) {
        let start = address.map { RegisterImage().address($0) } ?? RegisterImage()
        let flow = start.transport(transport)
        let mark = RegisterImage().mark(mask.mark(of: forward.id))
        let (first, last) = (forward.ports.first, forward.ports.last)
        let end = forward.ports.isSingle ? nil : flow.port(last)
        placed.append(
            PlacedElement(
                set: forward.ports.isSingle ? map : rangeMap,
                element: SetElement(flow.port(first), through: end, data: .value(mark))))
    }

    private func placeTargets(of forward: ActiveForward, in placed: inout [PlacedElement]) {
        let mark = RegisterImage().mark(mask.mark(of: forward.id))
        if let shift = Shift(forward) {
            placed.append(
                PlacedElement(
                    set: "shift", element: SetElement(mark, data: .jump(shift.chain))))
            return
        }
        let port = forward.ports == forward.targetPorts ? nil : forward.targetPorts.first
        func place(_ address: IPAddress, _ map: String, _ sameMap: String) {
            let target = RegisterImage().address(address)
            placed.append(
                PlacedElement(
                    set: port == nil ? sameMap : map,
                    element: SetElement(mark, data: .value(port.map { target.port($0) } ?? target)))
            )
        }
        if let target4 = forward.target4 { place(.v4(target4), "dst4", "dst4_same") }
        if let target6 = forward.target6, forward.translatesIPv6 {
            place(.v6(target6), "dst6", "dst6_same")
        }
    }
}

/// FNV-1a, 64 bits: names parts of the table by their terms, the same in every run and version.
func termsHash(_ terms: String) -> String {
    let hash = terms.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    return String(hash, radix: 16)
}
