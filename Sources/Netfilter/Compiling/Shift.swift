import Addressing
import Forwarding
import Netlink

/// A range whose ports move: nothing in the kernel shifts, so every port is an element of a map of
/// its own, behind a chain.
///
/// Chain and maps are named by a hash of the terms.
struct Shift: Hashable {
    let ports: PortRange
    let targetPorts: PortRange
    let targets: [IPAddress]

    /// Nil for forwards that do not need one.
    init?(_ forward: ActiveForward) {
        guard !forward.ports.isSingle, forward.ports != forward.targetPorts else { return nil }
        let v6 = forward.translatesIPv6 ? forward.target6 : nil
        targets = [forward.target4.map(IPAddress.v4), v6.map(IPAddress.v6)].compactMap(\.self)
        guard !targets.isEmpty else { return nil }
        ports = forward.ports
        targetPorts = forward.targetPorts
    }

    var chain: String { Layout.shiftPrefix + digits }

    private var digits: String { termsHash("\(ports)|\(targetPorts)|\(targets)") }

    private func mapName(_ family: AddressFamily) -> String {
        "shift\(family == .v4 ? 4 : 6)_\(digits)"
    }

    var sets: [(SetDeclaration, [SetElement])] {
        targets.map { target in
            let declaration = SetDeclaration(
                mapName(target.family), key: [.port],
                data: .value([target.family == .v4 ? .ipv4 : .ipv6, .port]))
            let elements = ports.ports.map { port in
                let targetPort = targetPorts.first + (port - ports.first)
                return SetElement(
                    RegisterImage.lonePort(port),
                    data: .value(RegisterImage().address(target).port(targetPort)))
            }
            return (declaration, elements)
        }
    }

    var rules: [Rule] {
        targets.map { target in
            let isV4 = target.family == .v4
            return Rule(
                "shifted range",
                Matching.isCarried(.contains) + [
                    .payload(.destinationPort, register: 1),
                    .lookup(set: mapName(target.family), key: 1, .value(register: 1)),
                    .dnat(isV4 ? .ipv4 : .ipv6, address: 1, port: isV4 ? 9 : 2),
                ])
        }
    }
}
