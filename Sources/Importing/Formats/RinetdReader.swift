import Addressing
import Forwarding

/// Reads `rinetd.conf`.
///
/// A list that stands before the first rule holds for all of them, one that follows a rule for that
/// rule.
enum RinetdReader {
    /// Who may use a rule, and what of it could not be read.
    private struct Lists {
        var allowed: [Prefix] = []
        var denied: [Prefix] = []
        var unread: String?
    }

    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        var (common, rules): (Lists, [(line: SourceLine, lists: Lists)]) = (Lists(), [])
        for line in lines where !line.text.isEmpty && line.text.first != "#" {
            let words = line.words
            switch words[0] {
            case "allow", "deny":
                if rules.isEmpty {
                    read(words, line, into: &common, &carriage)
                } else {
                    read(words, line, into: &rules[rules.count - 1].lists, &carriage)
                }
            case "logfile", "pidlogfile", "logcommon": carriage.remark(line, .setting(words[0]))
            default: rules.append((line, Lists()))
            }
        }
        for rule in rules { carry(rule.line, common, rule.lists, &carriage) }
    }

    private static func read(
        _ words: [String], _ line: SourceLine, into lists: inout Lists,
        _ carriage: inout Carriage
    ) {
        guard words.count == 2, let prefix = prefix(words[1]) else {
            lists.unread = lists.unread ?? line.text
            return carriage.remark(
                line, words.count == 2 ? .source(words[1]) : .unreadable)
        }
        if words[0] == "allow" { lists.allowed.append(prefix) } else { lists.denied.append(prefix) }
    }

    /// `192.168.2.*` and the like; stars stand at the end only.
    private static func prefix(_ text: String) -> Prefix? {
        if text == "*" { return Prefix(containing: .v4(.any), length: 0) }
        guard text.contains("*") else { return Reading.prefix(text) }
        let parts = text.parts(".")
        let fixed = parts.prefix { $0 != "*" }
        guard parts.count <= 4, !fixed.isEmpty,
            parts.dropFirst(fixed.count).allSatisfy({ $0 == "*" })
        else { return nil }
        let base = fixed + Array(repeating: "0", count: 4 - fixed.count)
        guard let address = IPAddress(base.joined(separator: ".")) else { return nil }
        return Prefix(containing: address, length: fixed.count * 8)
    }

    private static func carry(
        _ line: SourceLine, _ common: Lists, _ own: Lists, _ carriage: inout Carriage
    ) {
        do throws(Reason) {
            if let unread = common.unread ?? own.unread { throw .condition(unread) }
            var wanted = try wanted(line)
            let allowed = common.allowed + own.allowed
            wanted.allowed = allowed.contains { $0.length == 0 } ? [] : allowed
            wanted.denied = common.denied + own.denied
            guard carriage.carry(wanted, from: line) else { return }
            let options = line.words.dropFirst(4)
            guard !options.isEmpty else { return }
            carriage.remark(line, .without(options.joined(separator: " ")))
        } catch { carriage.remark(line, error) }
    }

    private static func single(_ text: String) throws(Reason) -> PortRange {
        guard let port = Reading.port(text) else { throw .portName(text) }
        guard let ports = PortRange(port) else { throw .unreadable }
        return ports
    }

    /// `bindaddress bindport connectaddress connectport`, with `/udp` behind a port.
    private static func wanted(_ line: SourceLine) throws(Reason) -> Wanted {
        let words = line.words
        guard words.count >= 4 else { throw .unreadable }
        let (asked, connected) = (words[1].parts("/", atMost: 2), words[3].parts("/", atMost: 2))
        let protocols = [asked, connected].map { $0.count == 2 ? $0[1] : "tcp" }
        guard protocols[0] == protocols[1] || connected.count == 1 else {
            throw .transport(words[1] + " to " + words[3])
        }
        guard let transport = Transports(protocols[0]), transport != .tcpAndUDP else {
            throw .transport(protocols[0])
        }
        let (port, target) = (try single(asked[0]), try single(connected[0]))
        guard let host = ForwardSpelling.host(words[2]) else { throw .target(words[2]) }
        return Wanted(
            transports: transport, ports: port,
            scope: try ProxyBind.scope(of: words[0], to: host), host: host, targetPorts: target,
            source: .rewritten, isProxied: true)
    }
}
