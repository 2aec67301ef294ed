import Addressing
import Forwarding

/// Reads `haproxy.cfg`: frontends and listeners in TCP mode that lead to one server.
enum HAProxyReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        var (sections, mode): ([HAProxySection], String) = ([], "http")
        for line in lines {
            let words = HAProxySection.words(line.text)
            guard let first = words.first else { continue }
            if HAProxySection.kinds.contains(first) {
                sections.append(
                    HAProxySection(
                        kind: first, name: words.count > 1 ? words[1] : "", line: line, mode: mode))
                continue
            }
            guard !sections.isEmpty else {
                carriage.remark(line, .unreadable)
                continue
            }
            let last = sections.count - 1
            sections[last].line = sections[last].line.through(line.number)
            sections[last].settings.append((line, words))
            guard first == "mode", words.count > 1 else { continue }
            sections[last].mode = words[1]
            if sections[last].kind == "defaults" { mode = words[1] }
        }
        carry(sections, &carriage)
    }

    private static func carry(_ sections: [HAProxySection], _ carriage: inout Carriage) {
        var backends: [String: HAProxySection] = [:]
        for section in sections where section.kind == "backend" { backends[section.name] = section }
        var used: Set<String> = []
        for section in sections where section.kind == "frontend" || section.kind == "listen" {
            guard section.mode == "tcp" else {
                carriage.remark(section.line, .application)
                continue
            }
            let backend = section.first("default_backend").flatMap { backends[$0] }
            if section.carry(to: backend, &carriage), let backend { used.insert(backend.name) }
        }
        for section in sections {
            switch section.kind {
            case "frontend", "listen": continue
            case "backend" where used.contains(section.name): section.remark(&carriage)
            case "backend" where section.mode == "tcp":
                carriage.remark(section.line, .section("servers of its own"))
            case "backend": carriage.remark(section.line, .application)
            default: carriage.remark(section.line, .section("\"\(section.kind)\""))
            }
        }
    }
}

/// A section of `haproxy.cfg`.
struct HAProxySection {
    static let kinds: Set<String> = [
        "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist",
        "mailers", "cache", "program", "ring", "http-errors", "fcgi-app", "log-forward",
    ]

    var kind: String
    var name: String
    /// From its head to its last setting.
    var line: SourceLine
    var mode: String
    var settings: [(line: SourceLine, words: [String])] = []

    /// The words of a line up to a comment.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        for word in text.blankSeparated {
            if word.first == "#" { break }
            words.append(word)
        }
        return words
    }

    /// The first value of the first setting of a name.
    func first(_ name: String) -> String? {
        settings.first { $0.words[0] == name && $0.words.count > 1 }?.words[1]
    }

    private static let structural: Set<String> = [
        "mode", "bind", "default_backend", "server", "disabled", "enabled",
    ]

    private static let balances: [String: Balance] = [
        "roundrobin": .roundRobin, "static-rr": .roundRobin, "leastconn": .leastConnections,
        "source": .sourceHash,
    ]

    /// What decides about connections, so that more would be open without it.
    private var condition: String? {
        let conditions: Set<String> = [
            "acl", "use_backend", "tcp-request", "http-request", "use-server", "errorloc",
            "redirect", "block",
        ]
        return settings.first { conditions.contains($0.words[0]) }?.line.text
    }

    /// - Returns: whether something was carried over.
    func carry(to backend: HAProxySection?, _ carriage: inout Carriage) -> Bool {
        do throws(Reason) {
            if let condition = condition ?? backend?.condition { throw .condition(condition) }
            let servers = try servers(backend)
            let balance = [self, backend].compactMap { $0?.balance }.last ?? .roundRobin
            var isCarried = false
            for bind in settings where bind.words[0] == "bind" {
                if carry(bind.line, bind.words, to: servers, balance, &carriage) {
                    isCarried = true
                }
            }
            guard isCarried else {
                carriage.remark(line, .nothingLeft)
                return false
            }
            remark(&carriage)
            return true
        } catch {
            carriage.remark(line, error)
            return false
        }
    }

    /// Says which settings a forward does not have.
    func remark(_ carriage: inout Carriage) {
        for setting in settings where !Self.structural.contains(setting.words[0]) {
            guard setting.words[0] != "balance" || balance == nil else { continue }
            carriage.remark(setting.line, .setting(setting.line.text))
        }
        let servers = settings.filter { $0.words[0] == "server" }
        for setting in servers {
            let options = HAProxyServers.leftOut(setting.words, ofSeveral: servers.count > 1)
            guard !options.isEmpty else { continue }
            carriage.remark(setting.line, .without(options.joined(separator: " ")))
        }
    }

    /// Nil where a forward has none like it.
    private var balance: Balance? { first("balance").flatMap { Self.balances[$0] } }

    private func servers(_ backend: HAProxySection?) throws(Reason) -> HAProxyServers {
        let own = settings + (backend?.settings ?? [])
        return try HAProxyServers(
            own.filter { ["server", "server-template"].contains($0.words[0]) }.map(\.words))
    }

    private func carry(
        _ line: SourceLine, _ words: [String], to servers: HAProxyServers, _ balance: Balance,
        _ carriage: inout Carriage
    ) -> Bool {
        do throws(Reason) {
            guard words.count > 1 else { throw .unreadable }
            guard !words.dropFirst(2).contains("ssl") else { throw .tls }
            guard !words.dropFirst(2).contains("accept-proxy") else { throw .proxyProtocol }
            var isCarried = false
            for text in words[1].parts(",") {
                let wanted = try wanted(text, servers, balance)
                if carriage.carry(wanted, from: line) { isCarried = true }
            }
            let options = words.dropFirst(2).joined(separator: " ")
            if isCarried, !options.isEmpty { carriage.remark(line, .without(options)) }
            return isCarried
        } catch {
            carriage.remark(line, error)
            return false
        }
    }

    private func wanted(
        _ bind: String, _ servers: HAProxyServers, _ balance: Balance
    ) throws(Reason) -> Wanted {
        guard !bind.contains("/") else { throw .unixSocket }
        guard let colon = bind.lastIndex(of: ":"),
            let ports = Reading.ports(String(bind[bind.index(after: colon)...]))
        else { throw .unreadable }
        guard let target = servers.targets.first else { throw .noTarget }
        let place = bind[..<colon].filter { $0 != "[" && $0 != "]" }
        return Wanted(
            name: name.isEmpty ? nil : name, transports: .tcp, ports: ports,
            scope: try ProxyBind.scope(of: place, to: target.host), host: target.host,
            targetPorts: target.ports, source: .rewritten,
            enabled: !servers.isDisabled && !settings.contains { $0.words[0] == "disabled" },
            isProxied: true,
            relay: RelayTerms(
                proxy: servers.proxy, spares: servers.targets.spares(at: ports),
                balance: servers.targets.count > 1 ? balance : .roundRobin,
                check: servers.check))
    }
}
