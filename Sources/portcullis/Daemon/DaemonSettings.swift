import Addressing
import ControlModel
import Diagnosis
import Forwarding
import FoundationEssentials
import Gateway
import Logging
import Netfilter

/// What the options, the configuration file and the defaults come to; options win.
struct DaemonSettings {
    var state: String
    var socket: String
    var group: String
    var wans: [InterfaceName]?
    var lans: [InterfaceName]
    var mask: MarkMask
    var setsSysctls: Bool
    /// Whether other programs are kept from our table, where the kernel can do that.
    var ownsTable: Bool
    var gateway: GatewaySettings
    /// Whom `doctor` asks how the WAN is seen; nil for nobody.
    var stun: STUNServer?
    var logLevel: Logger.Level
    /// The forwards of the file; nil when there is no file.
    var forwards: [ForwardDraft]?

    init(options: Run) throws {
        let file = try options.config.map(ConfigurationFile.read) ?? ConfigurationFile()
        state = options.state ?? file.daemon.state ?? "/var/lib/portcullis"
        let environment = ProcessInfo.processInfo.environment["PORTCULLIS_SOCKET"]
        socket = options.socket ?? file.daemon.socket ?? environment ?? SocketOptions.standard
        group = file.daemon.group ?? "portcullis"
        let wanNames = options.wan.isEmpty ? file.network.wan ?? [] : options.wan
        wans = wanNames.isEmpty ? nil : try Self.interfaces(wanNames)
        lans = try Self.interfaces(options.lan.isEmpty ? file.network.lan ?? [] : options.lan)
        if let both = wans?.first(where: lans.contains) {
            throw Refusal(
                field: .file, value: both.text, problem: .syntax("is named as WAN and as LAN"))
        }
        mask = try Self.mask(file.kernel.markMask)
        setsSysctls = file.kernel.sysctl != "leave"
        ownsTable = file.kernel.owner != "off"
        gateway = GatewaySettings(
            guarded: file.network.guard != "off",
            withdrawsOnStop: file.daemon.onStop == "withdraw")
        stun = try file.network.stun.map(Self.stun)
        logLevel = file.daemon.logLevel.flatMap { Logger.Level(rawValue: $0) } ?? .info
        forwards = options.config == nil ? nil : try ForwardsBody(file.forwards).drafts()
    }

    private static func interfaces(_ names: [String]) throws -> [InterfaceName] {
        try names.map { name in
            guard let interface = InterfaceName(name) else {
                throw Refusal(field: .on, value: name, problem: .interface)
            }
            return interface
        }
    }

    private static func stun(_ text: String) throws -> STUNServer {
        guard let server = STUNServer(text) else {
            throw Refusal(
                field: .file, value: "network.stun = \(text)",
                problem: .syntax("is no server such as stun.example.net:3478"))
        }
        return server
    }

    private static func mask(_ text: String?) throws -> MarkMask {
        guard let text else { return .standard }
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        guard let bits = UInt32(digits, radix: 16), let mask = MarkMask(bits) else {
            throw Refusal(
                field: .file, value: "kernel.mark_mask = \(text)",
                problem: .syntax("is no mask of sixteen bits in a row, such as 0x00ffff00"))
        }
        return mask
    }
}
