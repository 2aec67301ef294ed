import Foundation
import Glibc

/// Measures the API over TLS with 10,000 forwards: how fast it answers, and how it tells a thousand
/// listeners of a change.
///
/// The load is `wrk` on the LAN's host, with eight connections that are kept, and a token; the listeners
/// are one program of their own (`Benchmarks/event-listeners`), since each is a connection over TLS.
struct APIBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup

    /// What `wrk` found out of one route.
    struct Load {
        var perSecond: Double
        /// Milliseconds.
        var p99: Double
    }

    struct Figures {
        var one: [Load] = []
        var page: [Load] = []
        /// Milliseconds for all forwards in one answer.
        var whole: [Double] = []
        /// Milliseconds from a change by the command line until the last listener has heard of it.
        var told: [Double] = []
        /// Mebibytes: before, under load and with the listeners.
        var idle = 0.0
        var loaded = 0.0
        var listened = 0.0
    }

    static let forwards = 10_000
    static let listeners = 1000
    private static let place = "192.168.7.1:8444"

    func run() throws -> Figures {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: lab.gateway.name + "-api")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        cleanup.add { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "forwards.toml")
        try Data(Table.toml(Self.forwards).utf8).write(to: file)
        let daemon = Daemon(
            lab.gateway, program: options.program, folder: folder, options: ["--api", Self.place],
            cleanup)
        say("the API: \(Self.forwards.grouped) forwards")
        try daemon.start()
        defer { daemon.stop() }
        try daemon.tell("apply", file.path)
        var figures = Figures()
        // Freed memory goes back every ten seconds.
        usleep(12_000_000)
        figures.idle = try daemon.mebibytes("RssAnon")
        let token = try token(daemon)
        for round in 1...(options.isQuick ? 1 : options.rotations) {
            say("the API: requests, round \(round)")
            figures.one.append(try load("/v1/forwards/forward-5000", token))
            figures.page.append(try load("/v1/forwards?limit=100", token))
            figures.whole.append(try whole(token))
        }
        figures.loaded = try daemon.mebibytes("RssAnon")
        try listen(daemon, token, &figures)
        return figures
    }

    private func token(_ daemon: Daemon) throws -> String {
        struct Answer: Decodable {
            var token: String
        }
        let text = try daemon.hear(
            "token", "create", "bench", "--scope", "read", "--for", "1d", "-o", "json")
        return try JSONDecoder().decode(Answer.self, from: Data(text.utf8)).token
    }

    private func load(_ path: String, _ token: String) throws -> Load {
        let text = try Programs.run(
            "ip", "netns", "exec", lab.server.name, "wrk", "-t1", "-c8",
            "-d\(options.isQuick ? 1 : 5)s", "--latency", "-H", "Authorization: Bearer \(token)",
            "https://\(Self.place)\(path)")
        guard !text.contains("Non-2xx"), let perSecond = Self.number(after: "Requests/sec:", text),
            let p99 = Self.milliseconds(after: "99%", text)
        else { throw Failure("wrk at \(path): \(text)") }
        return Load(perSecond: perSecond, p99: p99)
    }

    private static func word(after mark: String, _ text: String) -> String? {
        guard let place = text.range(of: mark) else { return nil }
        return text[place.upperBound...].split(whereSeparator: \.isWhitespace).first
            .map(String.init)
    }

    private static func number(after mark: String, _ text: String) -> Double? {
        word(after: mark, text).flatMap { Double($0) }
    }

    /// `812.00us`, `3.21ms` or `1.20s`.
    private static func milliseconds(after mark: String, _ text: String) -> Double? {
        guard let word = word(after: mark, text) else { return nil }
        let digits = word.prefix { $0.isNumber || $0 == "." }
        let scale = ["us": 0.001, "ms": 1, "s": 1000][String(word.dropFirst(digits.count))]
        return scale.flatMap { scale in Double(digits).map { $0 * scale } }
    }

    private func whole(_ token: String) throws -> Double {
        let text = try Programs.run(
            "ip", "netns", "exec", lab.server.name, "curl", "-sSk", "-o", "/dev/null", "-w",
            "%{time_starttransfer} %{time_total} %{http_code}", "-H",
            "Authorization: Bearer \(token)", "https://\(Self.place)/v1/forwards")
        let words = text.split(separator: " ")
        guard words.count == 3, words[2] == "200", let total = Double(words[1]) else {
            throw Failure("curl: \(text)")
        }
        return total * 1000
    }

    private func listen(_ daemon: Daemon, _ token: String, _ figures: inout Figures) throws {
        let count = options.isQuick ? 50 : Self.listeners
        say("the API: \(count.grouped) listeners")
        let parts = Self.place.split(separator: ":").map(String.init)
        let listeners = try Listeners(
            [
                "ip", "netns", "exec", lab.server.name, "Benchmarks/event-listeners", parts[0],
                parts[1], token, "\(count)",
            ], cleanup)
        defer { listeners.end() }
        guard try listeners.line().hasPrefix("listening") else {
            throw Failure("the listeners were not all let in")
        }
        for number in 1...(options.isQuick ? 2 : 10) {
            let start = Listeners.now
            try daemon.tell("add", "\(62_000 + number)/tcp", "192.168.7.250:80")
            let words = try listeners.line().split(separator: " ")
            guard words.count == 3, let last = Double(words[2]) else {
                throw Failure("the listeners said \(words)")
            }
            figures.told.append((last - start) * 1000)
        }
        figures.listened = try daemon.mebibytes("RssAnon")
    }
}
