import Addressing
import Forwarding
import LinuxKit
import Wire

/// How the STUN server sees each WAN.
struct MirrorQuestions: Sendable {
    private var mirrors: [Observations.Mirror] = []
    private var isMissed = false
    private var failure: Int32?

    static func ask(_ server: STUNServer?, _ seen: Observations) -> MirrorQuestions {
        var result = MirrorQuestions()
        guard let server else { return result }
        guard let address = server.address() else {
            result.isMissed = true
            return result
        }
        for (wan, own) in questions(seen, address.family) {
            result.ask(Endpoint(address, server.port), from: own, on: wan)
        }
        return result
    }

    /// One address of each WAN, those of two WANs at most: each may take the whole time.
    private static func questions(
        _ seen: Observations, _ family: AddressFamily
    ) -> [(InterfaceName, IPAddress)] {
        seen.network.wans.compactMap { wan in
            seen.network.addresses(of: wan).filter { $0.family == family }.min().map { (wan, $0) }
        }.prefix(2).map { $0 }
    }

    private mutating func ask(
        _ server: Endpoint, from own: IPAddress, on wan: InterfaceName
    ) {
        // Nobody who does not see the question can answer it.
        let request = STUNBindingRequest { .random(in: .min ... .max) }
        do throws(KernelError) {
            let bytes = try DatagramExchange.ask(
                server, request.bytes, from: own, on: wan, sends: 2)
            let answer = bytes.flatMap { STUNBindingAnswer($0, to: request) }
            let seen = answer?.sighting?.mapped.address
            mirrors.append(Observations.Mirror(wan, own, seen: seen))
        } catch { (isMissed, failure) = (true, error.code) }
    }

    func add(to seen: inout Observations) {
        seen.mirrors = mirrors
        if isMissed { seen.unread.append(Observations.Unread(.stun, failure)) }
    }
}
