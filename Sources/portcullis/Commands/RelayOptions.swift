import ArgumentParser
import ControlModel
import Forwarding

/// What only a relay keeps, for `add` and `set`.
struct RelayOptions: ParsableArguments {
    @Option(help: "What carries it: auto (the kernel where it can), kernel or relay.")
    var engine: String?

    @Option(help: "Tell the target of the client by the PROXY protocol: v1, v2 or none.")
    var proxy: String?

    @Option(help: "The same in front of datagrams: v2-each, v2-first, spp or none.")
    var proxyUdp: String?

    @Option(
        help: ArgumentHelp(
            "Front proxies whose header says who the client is, or none; several times.",
            valueName: "prefix"))
    var trustedProxy: [String] = []

    @Option(
        help: ArgumentHelp("Another target, or none; several times.", valueName: "target"))
    var also: [String] = []

    @Option(help: "Which target: round-robin, least-connections or source-hash.")
    var balance: String?

    @Option(
        help: ArgumentHelp(
            "Try the targets: 2s, '2s fall 3 rise 2', or none.", valueName: "rhythm"))
    var check: String?

    @Option(
        help: ArgumentHelp(
            "A target by TLS server name, or none; several times.", valueName: "name=target"))
    var tlsName: [String] = []

    @Option(help: "Who asks for another name: target (goes to the target) or refuse.")
    var otherNames: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Let clients of either address family reach targets of the other.")
    var crossFamilies: Bool?

    @Option(help: ArgumentHelp("For each flow and direction: 10Mbit, or none.", valueName: "bits"))
    var bandwidthPerFlow: String?

    @Option(
        help: ArgumentHelp("How long a target may take to answer.", valueName: "duration"))
    var timeoutConnect: String?

    @Option(
        help: ArgumentHelp("How long a connection may be silent.", valueName: "duration"))
    var timeoutIdle: String?

    @Option(
        help: ArgumentHelp(
            "The same once one side has ended, or standard as for all of these.",
            valueName: "duration"))
    var timeoutHalfOpen: String?

    @Option(
        help: ArgumentHelp("How long for the first answering datagram.", valueName: "duration"))
    var timeoutUdpFirst: String?

    @Option(
        help: ArgumentHelp("How long between datagrams after that.", valueName: "duration"))
    var timeoutUdp: String?

    func fill(_ body: inout RelayBody) {
        body[.engine] = engine
        body[.proxy] = proxy
        body[.proxyUDP] = proxyUdp
        body[list: .trustedProxies] = list(trustedProxy)
        body[list: .also] = list(also)
        body[.balance] = balance
        body[.check] = check
        body[list: .names] = list(tlsName)
        body[.otherNames] = otherNames
        body[.crossFamilies] = crossFamilies.map { "\($0)" }
        body[.bandwidthPerFlow] = bandwidthPerFlow
        body[.timeoutConnect] = timeoutConnect
        body[.timeoutIdle] = timeoutIdle
        body[.timeoutHalfOpen] = timeoutHalfOpen
        body[.timeoutUDPFirst] = timeoutUdpFirst
        body[.timeoutUDP] = timeoutUdp
    }

    private func list(_ values: [String]) -> [String]? {
        guard !values.isEmpty else { return nil }
        return values == ["none"] ? [] : values
    }
}
