import Addressing
import Forwarding

/// A `server` block of nginx's stream.
struct NginxServer {
    /// What decides about connections, so that more would be open without it, or the target would be
    /// spoken to otherwise.
    static let deciding: Set<String> = [
        "allow", "deny", "proxy_protocol", "proxy_ssl", "ssl_preread", "limit_conn", "js_access",
        "js_preread", "return", "set", "map", "geo", "split_clients", "proxy_requests",
    ]
    private static let lists: Set<String> = ["allow", "deny"]

    private let server: NginxDirective
    private let common: [NginxDirective]
    private let upstreams: [String: NginxDirective]

    init(
        _ server: NginxDirective, _ common: [NginxDirective],
        _ upstreams: [String: NginxDirective]
    ) {
        (self.server, self.common, self.upstreams) = (server, common, upstreams)
    }

    private var target: String? { server.all("proxy_pass").first?.words.dropFirst().first }

    /// The group of servers that it leads to, where it has a name.
    var upstream: String? { target.flatMap { upstreams[$0] == nil ? nil : $0 } }

    /// - Returns: whether something was carried over.
    func carry(_ carriage: inout Carriage) -> Bool {
        do throws(Reason) {
            if !server.all("location").isEmpty { throw .application }
            let (allowed, denied) = try lists()
            let targets = try destinations()
            var isCarried = false
            for listen in server.all("listen") {
                let found = carry(listen, to: targets, allowed, denied, &carriage)
                isCarried = isCarried || found
            }
            if isCarried {
                remark(&carriage)
            } else if server.line.last > server.line.number || server.all("listen").isEmpty {
                carriage.remark(server.line, .nothingLeft)
            }
            return isCarried
        } catch {
            carriage.remark(server.line, error)
            return false
        }
    }

    private func remark(_ carriage: inout Carriage) {
        let known: Set<String> = ["listen", "proxy_pass", "allow", "deny", "proxy_protocol"]
        for directive in server.block ?? [] where !known.contains(directive.name) {
            carriage.remark(directive.line, directive.leftOut)
        }
    }

    static func remarkOnUpstream(_ upstream: NginxDirective, _ carriage: inout Carriage) {
        for directive in upstream.block ?? [] {
            let options = directive.words.dropFirst(2).joined(separator: " ")
            if directive.name != "server" {
                guard balance(directive) == nil else { continue }
                carriage.remark(directive.line, .setting(directive.line.text))
            } else if !options.isEmpty {
                carriage.remark(directive.line, .without(options))
            }
        }
    }

    /// The first rule that fits decides in nginx; here the deny-list wins and the rest of an
    /// allow-list is kept out.
    private func lists() throws(Reason) -> (allowed: [Prefix], denied: [Prefix]) {
        let own = (server.block ?? []).filter { Self.deciding.contains($0.name) }
        let others = (own + common).filter {
            !Self.lists.contains($0.name) && $0.name != "proxy_protocol"
        }
        if let other = others.first(where: { $0.words.dropFirst().first != "off" }) {
            throw other.name == "proxy_ssl" ? .tls : .condition(other.line.text)
        }
        let ownLists = own.filter { Self.lists.contains($0.name) }
        let rules = ownLists.isEmpty ? common.filter { Self.lists.contains($0.name) } : ownLists
        var (allowed, denied, isClosed): ([Prefix], [Prefix], Bool) = ([], [], false)
        for rule in rules where !isClosed {
            let text = rule.words.dropFirst().first ?? ""
            if text == "all" {
                isClosed = true
                guard rule.name == "deny" else {
                    guard allowed.isEmpty || denied.isEmpty else {
                        throw .condition(rule.line.text)
                    }
                    return ([], denied)
                }
                guard !allowed.isEmpty else { throw .condition(rule.line.text) }
                continue
            }
            guard let prefix = Reading.prefix(text) else { throw .source(text) }
            guard rule.name == "deny" else {
                allowed.append(prefix)
                continue
            }
            // Behind an allow it would keep out some of those that were let in.
            guard allowed.isEmpty else { throw .condition(rule.line.text) }
            denied.append(prefix)
        }
        return (isClosed ? allowed : [], denied)
    }

    private func destinations() throws(Reason) -> [Destination] {
        guard let target else { throw .noTarget }
        guard !target.contains("$") else { throw .variable }
        guard let upstream = upstreams[target] else { return [try Self.destination(target)] }
        var found: [Destination] = []
        for server in upstream.all("server") {
            guard let text = server.words.dropFirst().first else { throw .noTarget }
            guard server.words.allSatisfy({ $0 != "backup" && $0 != "down" }) else {
                throw .severalTargets
            }
            found.append(try Self.destination(text))
        }
        guard !found.isEmpty else { throw .noTarget }
        return found
    }

    private static func destination(_ text: String) throws(Reason) -> Destination {
        if text.hasPrefix("unix:") {
            guard let path = SocketPath(text.dropFirst(5)) else { throw .unixSocket }
            return Destination(host: .unix(path))
        }
        guard let found = Reading.destination(text) else { throw .target(text) }
        return found
    }

    private func carry(
        _ listen: NginxDirective, to targets: [Destination], _ allowed: [Prefix],
        _ denied: [Prefix],
        _ carriage: inout Carriage
    ) -> Bool {
        do throws(Reason) {
            let words = listen.words.dropFirst()
            guard let place = words.first else { throw .unreadable }
            guard !place.hasPrefix("unix:") else { throw .unixSocket }
            guard !words.contains("ssl") else { throw .tls }
            guard !words.contains("proxy_protocol") else { throw .proxyProtocol }
            var wanted = try wanted(place, to: targets)
            wanted.transports = words.contains("udp") ? .udp : .tcp
            // Over UDP it has a dialect of its own.
            guard wanted.relay.proxy == nil || wanted.transports == .tcp else {
                throw .proxyProtocol
            }
            (wanted.allowed, wanted.denied) = (allowed, denied)
            guard carriage.carry(wanted, from: listen.line) else { return false }
            let options = words.dropFirst().filter { $0 != "udp" }
            if !options.isEmpty {
                carriage.remark(listen.line, .without(options.joined(separator: " ")))
            }
            return true
        } catch {
            carriage.remark(listen.line, error)
            return false
        }
    }

    /// `53`, `192.0.2.1:53`, `[::]:53`, `*:8000-8010`.
    private func wanted(_ place: String, to targets: [Destination]) throws(Reason) -> Wanted {
        let colon = place.lastIndex(of: ":")
        let text = colon.map { String(place[place.index(after: $0)...]) } ?? place
        guard let ports = Reading.ports(text), let target = targets.first else {
            throw .unreadable
        }
        let address = colon.map { place[..<$0].filter { $0 != "[" && $0 != "]" } } ?? ""
        return Wanted(
            name: upstream, transports: .tcp, ports: ports,
            scope: try ProxyBind.scope(of: address, to: target.host), host: target.host,
            targetPorts: target.ports, source: .rewritten, isProxied: true,
            relay: RelayTerms(
                proxy: sendsProxy ? .v1 : nil, spares: targets.spares(at: ports),
                balance: targets.count > 1 ? balance : .roundRobin))
    }

    /// What the server says itself wins over the stream.
    private var sendsProxy: Bool {
        let said = [server.all("proxy_protocol"), common.filter { $0.name == "proxy_protocol" }]
        return said.lazy.compactMap(\.first).first.map { $0.words.dropFirst().first != "off" }
            ?? false
    }

    private var balance: Balance {
        let directives = upstream.flatMap { upstreams[$0]?.block } ?? []
        return directives.lazy.compactMap(Self.balance).first ?? .roundRobin
    }

    /// Nil for a directive that a forward has no counterpart of.
    private static func balance(_ directive: NginxDirective) -> Balance? {
        switch directive.name {
        case "least_conn": .leastConnections
        case "hash" where directive.words.dropFirst().first == "$remote_addr": .sourceHash
        default: nil
        }
    }
}
