import Addressing
import Forwarding

/// Tables of forwards of any size, as a large gateway could have them.
struct Table {
    let forwards: [Forward]
    let network: NetworkView
    let now = Timestamp(seconds: 1_800_000_000)

    /// The external port of the first forward; the others follow.
    static let firstPort: UInt16 = 2000
    static let requester = Requester(name: "bench", origin: .operator)

    /// `count` forwards on a port each.
    ///
    /// Half of them go to the same port at their target, half to another. The last one leads to the
    /// echo server.
    init(_ count: Int, _ transports: Transports = .tcp) throws(Failure) {
        network = try Self.network()
        var forwards: [Forward] = []
        forwards.reserveCapacity(count)
        for number in 1..<count { forwards.append(try Self.forward(number, transports)) }
        var last = try Self.forward(count, .tcpAndUDP)
        last.target = try Self.target(Lab.target, EchoServer.port)
        self.forwards = forwards + [last]
    }

    /// `count` forwards that all lead to the echo server.
    init(toServer count: Int) throws(Failure) {
        network = try Self.network()
        let target = try Self.target(Lab.target, EchoServer.port)
        forwards = try (1...count).map { number throws(Failure) in
            var forward = try Self.forward(number, .udp)
            forward.target = target
            return forward
        }
    }

    var settings: EngineSettings { EngineSettings(network: network, guarded: true, now: now) }
    var surroundings: Surroundings { Surroundings(network: network) }
    var active: [ActiveForward] { forwards.compactMap { $0.active(in: surroundings, at: now) } }
    /// Where the last forward is reached.
    var place: Place { Place(Lab.external, Self.firstPort + UInt16(forwards.count - 1)) }

    static func draft(_ number: Int, _ transports: Transports = .tcp) throws(Failure)
        -> ForwardDraft
    {
        let port = firstPort + UInt16(number - 1)
        let address = "192.168.7.\(20 + number % 200)"
        guard let name = ForwardName("forward-\(number)"), let ports = PortRange(port) else {
            throw Failure("there is no forward \(number)")
        }
        return ForwardDraft(
            name: name, transports: transports, external: ExternalSide(ports: ports),
            target: try target(address, number % 2 == 0 ? port : 8000 + port % 1000))
    }

    /// `count` forwards as a file; the last one leads to the echo server.
    static func toml(_ count: Int) throws(Failure) -> String {
        var text = ""
        for number in 1...count {
            var draft = try draft(number)
            if number == count { draft.target = try target(Lab.target, EchoServer.port) }
            text += """
                [[forward]]
                name = "\(draft.name)"
                external = "\(draft.external.ports)/\(draft.transports)"
                to = "\(draft.target)"


                """
        }
        return text
    }

    static func target(_ address: String, _ port: UInt16) throws(Failure) -> Target {
        guard let address = IPAddress(address), let ports = PortRange(port) else {
            throw Failure("\(address):\(port) is no target")
        }
        return Target(host: .address(address), ports: ports)
    }

    private static func forward(
        _ number: Int, _ transports: Transports
    ) throws(Failure) -> Forward {
        let draft = try draft(number, transports)
        guard let id = UInt16(exactly: number).flatMap({ ForwardID($0) }) else {
            throw Failure("\(number) is no number of a forward")
        }
        return Forward(
            id: id, name: draft.name, transports: draft.transports, external: draft.external,
            target: draft.target, creator: requester.name, created: Timestamp(seconds: 0))
    }

    private static func network() throws(Failure) -> NetworkView {
        func link(_ name: String, _ address: String) throws(Failure) -> Link {
            guard let name = InterfaceName(name), let address = IPAddress(address) else {
                throw Failure("\(name) \(address) is no link")
            }
            return Link(interface: name, address: address, prefixLength: 24)
        }
        let outside = try link("wan0", Lab.external)
        return NetworkView(
            wans: [outside.interface], links: [outside, try link("lan0", "192.168.7.1")],
            linksDiffer: false)
    }
}
