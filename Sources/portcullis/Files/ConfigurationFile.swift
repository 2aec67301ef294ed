import ControlModel
import Forwarding
import FoundationEssentials
import TOMLKit

/// The configuration file: settings, and forwards if wanted.
///
/// `apply` reads the forwards of the same form.
struct ConfigurationFile: Decodable {
    var network = Network()
    var kernel = Kernel()
    var daemon = Daemon()
    var relay = Relay()
    var mapping = Mapping()
    var api = API()
    var forwards: [ForwardBody] = []

    struct Daemon: Decodable {
        var state: String?
        var socket: String?
        /// Who may use the socket besides root.
        var group: String?
        /// `keep` or `withdraw`: what becomes of the forwards when the daemon ends.
        var onStop: String?
        var logLevel: String?
        /// `auto`, `kernel` or `relay`.
        var engine: String?

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(
                otherThan: ["state", "socket", "group", "on_stop", "log_level", "engine"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            state = try values.decodeIfPresent(String.self, forKey: .state)
            socket = try values.decodeIfPresent(String.self, forKey: .socket)
            group = try values.decodeIfPresent(String.self, forKey: .group)
            onStop = try values.decodeIfPresent(String.self, forKey: .onStop)
            logLevel = try values.decodeIfPresent(String.self, forKey: .logLevel)
            engine = try values.decodeIfPresent(String.self, forKey: .engine)
            try require(engine, "daemon.engine", among: ["auto", "kernel", "relay"])
            try require(onStop, "daemon.on_stop", among: ["keep", "withdraw"])
            try require(
                logLevel, "daemon.log_level",
                among: ["debug", "info", "notice", "warning", "error"])
        }

        private enum CodingKeys: String, CodingKey {
            case state, socket, group, engine
            case onStop = "on_stop"
            case logLevel = "log_level"
        }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(otherThan: [
            "network", "kernel", "daemon", "relay", "mapping", "api", "forward",
        ])
        let values = try decoder.container(keyedBy: CodingKeys.self)
        network = try values.decodeIfPresent(Network.self, forKey: .network) ?? Network()
        kernel = try values.decodeIfPresent(Kernel.self, forKey: .kernel) ?? Kernel()
        daemon = try values.decodeIfPresent(Daemon.self, forKey: .daemon) ?? Daemon()
        relay = try values.decodeIfPresent(Relay.self, forKey: .relay) ?? Relay()
        mapping = try values.decodeIfPresent(Mapping.self, forKey: .mapping) ?? Mapping()
        api = try values.decodeIfPresent(API.self, forKey: .api) ?? API()
        forwards = try values.decodeIfPresent([ForwardBody].self, forKey: .forward) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case network, kernel, daemon, relay, mapping, api, forward
    }

    /// The largest file that is read, in bytes.
    private static let largest = 32 * 1024 * 1024

    static func read(_ path: String) throws -> ConfigurationFile {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure("\(path) cannot be read; check the path and its permissions")
        }
        guard data.count <= largest else {
            throw Refusal(field: .file, value: path, problem: .tooLong(limit: largest))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Refusal(field: .file, value: path, problem: .syntax("is not UTF-8"))
        }
        guard !nestsTooDeeply(text) else {
            throw Refusal(field: .file, value: path, problem: .syntax("nests keys too deeply"))
        }
        do { return try TOMLDecoder().decode(ConfigurationFile.self, from: text) } catch {
            throw refusal(error, path, text)
        }
    }

    /// Whether a dotted key has more parts than anybody writes: the parser follows them on the stack, and
    /// 50,000 of them end the program.
    private static func nestsTooDeeply(_ text: String) -> Bool {
        var (dots, depth, quote): (Int, Int, UInt8?) = (0, 0, nil)
        for byte in text.utf8 {
            if let open = quote {
                if byte == open || byte == 10 { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "#"): quote = 10
            case UInt8(ascii: "."): dots += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            case UInt8(ascii: "="), UInt8(ascii: ","): dots = 0
            case 10: dots = 0
            default: break
            }
            if dots > 32 || depth > 32 { return true }
        }
        return false
    }

    private static func refusal(
        _ error: any Error, _ path: String, _ text: String
    ) -> any Error {
        func refusal(at key: String, _ problem: Problem) -> Refusal {
            let line = FileLines(text).number(of: key).map { ":\($0)" } ?? ""
            return Refusal(field: .file, value: "\(path)\(line): \(key)", problem: problem)
        }
        switch error {
        case let error as Refusal:
            guard case .unknownKey = error.problem else { return error }
            return refusal(at: error.value, error.problem)
        case let error as TOMLParseError:
            let place = error.source.begin
            return Refusal(
                field: .file, value: "\(path):\(place.line):\(place.column)",
                problem: .syntax("is no TOML: \(error.description)"))
        case DecodingError.typeMismatch(let type, let context),
            DecodingError.valueNotFound(let type, let context):
            return refusal(
                at: context.codingPath.spelled, .syntax(expectation(ofType: "\(type)")))
        case DecodingError.keyNotFound(_, let context):
            // No key of ours has to be there: TOMLKit says so of a key with a value of another type.
            let type = context.debugDescription.split(separator: "\"").dropFirst().first ?? ""
            return refusal(
                at: context.codingPath.spelled, .syntax(expectation(ofType: type)))
        default:
            return Refusal(field: .file, value: path, problem: .syntax("cannot be read: \(error)"))
        }
    }
}
