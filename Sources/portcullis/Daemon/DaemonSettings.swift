import ControlModel
import Diagnosis
import Forwarding
import FoundationEssentials
import Gateway
import Logging
import Relay

/// What the options, the configuration file and the defaults come to; options win.
struct DaemonSettings {
    var state: String
    var socket: String
    var group: String
    var network: NetworkSettings
    var numbers: KernelNumbers
    var setsSysctls: Bool
    /// Whether other programs are kept from our table, where the kernel can do that.
    var ownsTable: Bool
    var gateway: GatewaySettings
    /// Which engine carries the forwards.
    var engine: EngineWish
    var relay: RelaySettings
    /// How long connections may go on after the sockets were handed over, in seconds.
    var drainSeconds: Int
    /// What devices may ask for, and by which protocols.
    var mapping: MappingTerms
    /// The API over TLS.
    var api: APISettings
    /// Whom `wan`, and the first of whom `doctor` asks how the WAN is seen.
    var stun: [STUNServer]
    var logLevel: Logger.Level
    /// The forwards of the file; nil when there is no file.
    var forwards: [ForwardDraft]?

    init(options: Run) throws {
        let file = try options.config.map(ConfigurationFile.read) ?? ConfigurationFile()
        state = try options.state ?? file.daemon.state ?? StandardPlaces.state()
        let environment = ProcessInfo.processInfo.environment["PORTCULLIS_SOCKET"]
        socket =
            try options.socket ?? file.daemon.socket ?? environment
            ?? StandardPlaces.daemonSocket()
        group = file.daemon.group ?? "portcullis"
        network = try NetworkSettings(file.network, wans: options.wan, lans: options.lan)
        numbers = try KernelNumbers(file.kernel)
        setsSysctls = file.kernel.sysctl != "leave"
        ownsTable = file.kernel.owner != "off"
        engine = try Self.engine(options.engine ?? file.daemon.engine)
        relay = RelaySettings(
            threads: file.relay.threads, descriptors: file.relay.descriptors,
            transparentWay: numbers.transparentWay)
        drainSeconds = file.relay.drain ?? Self.standardDrain
        mapping = try MappingTerms(file.mapping, option: options.mapping)
        api = try APISettings(file.api, option: options.api)
        gateway = GatewaySettings(
            guarded: file.network.guard != "off",
            withdrawsOnStop: file.daemon.onStop == "withdraw", leasing: mapping.policy,
            chainsLeases: mapping.chainsUpstream)
        stun = try (file.network.stun?.texts ?? []).map(Self.stun)
        logLevel = file.daemon.logLevel.flatMap { Logger.Level(rawValue: $0) } ?? .info
        forwards = options.config == nil ? nil : try ForwardsBody(file.forwards).drafts()
    }

    /// An hour: a film, or a long download.
    private static let standardDrain = 3600

    private static func engine(_ text: String?) throws -> EngineWish {
        guard let text else { return .automatic }
        guard let wish = EngineWish(rawValue: text) else {
            throw Refusal(
                field: .file, value: "engine = \(text)",
                problem: .choice(EngineWish.allCases.map(\.rawValue)))
        }
        return wish
    }

    private static func stun(_ text: String) throws -> STUNServer {
        guard let server = STUNServer(text) else {
            throw Refusal(
                field: .file, value: "network.stun = \(text)",
                problem: .syntax("is no server such as stun.example.net:3478"))
        }
        return server
    }
}
