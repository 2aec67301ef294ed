import Addressing
import Forwarding

/// The servers that a section of HAProxy leads to.
struct HAProxyServers {
    private(set) var targets: [Destination] = []
    private(set) var proxy: StreamProxy?
    /// Only where there are several: a forward with one target goes to it in any case.
    private(set) var check: HealthCheck?
    private(set) var isDisabled = false

    /// - Parameter lines: the words of each `server` line.
    init(_ lines: [[String]]) throws(Reason) {
        guard let first = lines.first else { throw .noTarget }
        proxy = Self.proxy(first)
        isDisabled = first.contains("disabled")
        for words in lines {
            guard words[0] == "server", words.count > 2, !words.contains("backup"),
                words.contains("disabled") == isDisabled
            else { throw words.count > 2 ? .severalTargets : .noTarget }
            guard !words.dropFirst(3).contains("ssl") else { throw .tls }
            guard Self.proxy(words) == proxy, Self.isKnown(words) else { throw .proxyProtocol }
            targets.append(try Self.target(words[2]))
        }
        guard lines.count > 1 else { return }
        check = lines.first { $0.contains("check") }.map(Self.check)
    }

    /// The options that a forward has no counterpart of.
    static func leftOut(_ words: [String], ofSeveral: Bool) -> [String] {
        var (left, rest): ([String], ArraySlice<String>) = ([], words.dropFirst(3))
        while let word = rest.popFirst() {
            switch word {
            case "disabled", "send-proxy", "send-proxy-v2": continue
            case "check" where ofSeveral: continue
            case "inter", "fall", "rise":
                let value = rest.popFirst()
                if !ofSeveral { left += [word] + (value.map { [$0] } ?? []) }
            default: left.append(word)
            }
        }
        return left
    }

    private static func proxy(_ words: [String]) -> StreamProxy? {
        if words.contains("send-proxy-v2") { return .v2 }
        return words.contains("send-proxy") ? .v1 : nil
    }

    /// Other kinds of the header say more than a forward does.
    private static func isKnown(_ words: [String]) -> Bool {
        words.allSatisfy {
            !$0.hasPrefix("send-proxy") || ["send-proxy", "send-proxy-v2"].contains($0)
        }
    }

    private static func target(_ text: String) throws(Reason) -> Destination {
        let path = text.hasPrefix("unix@") ? String(text.dropFirst(5)) : text
        if path.contains("/") {
            guard let path = SocketPath(path) else { throw .unixSocket }
            return Destination(host: .unix(path), ports: nil)
        }
        guard let found = Reading.destination(text) else { throw .target(text) }
        return found
    }

    private static func check(_ words: [String]) -> HealthCheck {
        func value(_ name: String) -> String? {
            words.firstIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        let standard = HealthCheck()
        return HealthCheck(
            interval: value("inter").flatMap(seconds) ?? standard.interval,
            fall: value("fall").flatMap { UInt32($0) } ?? standard.fall,
            rise: value("rise").flatMap { UInt32($0) } ?? standard.rise)
    }

    /// `5s`, `2m`, or milliseconds; whole seconds, rounded up.
    private static func seconds(_ text: String) -> UInt32? {
        if let milliseconds = UInt32(text.hasSuffix("ms") ? String(text.dropLast(2)) : text) {
            return min(3600, max(1, milliseconds / 1000 + (milliseconds % 1000 == 0 ? 0 : 1)))
        }
        let seconds = try? ForwardSpelling.duration(text)
        return seconds.map { UInt32(min(3600, $0)) }
    }
}
