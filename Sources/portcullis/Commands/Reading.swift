import ArgumentParser
import ControlClient
import ControlModel
import Forwarding
import FoundationEssentials

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the forwards.",
        discussion: "EXAMPLES\n  portcullis list\n  portcullis list -o json")
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.get("/v1/forwards", as: Views.Forwards.self)
        try output.show(answer) {
            guard !answer.forwards.isEmpty else {
                print("no forwards; add one with \"portcullis add 8443/tcp 192.168.7.10:443\"")
                return
            }
            // Where the kernel carries all of them, a column would only repeat it.
            let tellsEngines = answer.forwards.contains { $0.engine != EngineChoice.kernel.name }
            let columns = ["NAME", "EXTERNAL", "TARGET", "OPEN TO", "STATE"]
            let engines = tellsEngines ? ["ENGINE"] : []
            let asksUpstream = answer.forwards.contains { $0.upstreamPorts != nil }
            let upstream = asksUpstream ? ["UPSTREAM"] : []
            var table = TextTable(
                columns + engines + upstream + ["FLOWS SO FAR", "IN", "OUT", "ENDS"])
            for forward in answer.forwards {
                table.add(
                    terms(forward) + engines.map { _ in forward.engine }
                        + upstream.map { _ in UpstreamWords.short(forward) } + counts(forward))
            }
            table.show()
        }
    }

    private func terms(_ forward: Views.Forward) -> [String] {
        let place = forward.on.map { " on \($0)" } ?? forward.at.map { " at \($0)" } ?? ""
        return [
            forward.name, forward.external + place, forward.to,
            Words.openTo(forward.openTo, deny: forward.deny), forward.state,
        ]
    }

    private func counts(_ forward: Views.Forward) -> [String] {
        [
            "\(forward.traffic.flows)", Words.bytes(forward.traffic.bytesIn),
            Words.bytes(forward.traffic.bytesOut), Words.until(forward.ends),
        ]
    }
}

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows everything about a forward.", discussion: "EXAMPLE\n  portcullis show nas")
    @Argument(help: "The forward.") var name: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let forward = try await socket.client.get(
            try path(ofForward: name), as: Views.Forward.self)
        try output.show(forward) {
            var table = TextTable([forward.name, forward.state])
            for (label, value) in lines(forward) { table.add([label, value]) }
            table.show()
        }
    }

    private func lines(_ forward: Views.Forward) -> [(String, String)] {
        let place = forward.on.map { "interface \($0)" } ?? forward.at ?? "every WAN address"
        let targets = forward.targets.isEmpty ? "" : " (\(forward.targets.joined(separator: ", ")))"
        let traffic = forward.traffic
        return [
            ("external", "\(forward.external) at \(place)"),
            ("target", forward.to + targets),
            ("open to", forward.openTo.joined(separator: ", ")),
            ("denied to", forward.deny.isEmpty ? "nobody" : forward.deny.joined(separator: ", ")),
            ("hairpin", forward.hairpin ? "on" : "off"),
            ("source", RelayWords.source(forward)),
            ("IPv6", way(ofIPv6: forward)),
            ("ends", forward.ends.map { "\($0) (\(Words.until($0)))" } ?? "never"),
            ("schedule", schedule(forward)),
            ("limits", limits(forward)),
            ("upstream", UpstreamWords.all(forward)),
            ("engine", RelayWords.engine(forward)),
            ("relaying", relaying(forward)),
            ("this month", month(forward)),
            ("enabled", forward.enabled ? "yes" : "no"),
            ("made by", "\(forward.creator) (\(forward.origin)), \(forward.created)"),
            ("device", forward.lease.map(Words.device) ?? "none asked for it"),
            ("comment", forward.comment.isEmpty ? "none" : forward.comment),
            (
                "flows",
                "\(traffic.flows) so far, \(traffic.denied) packets denied, \(traffic.limited) held by limits"
            ),
            ("in", "\(Words.bytes(traffic.bytesIn)) in \(traffic.packetsIn) packets"),
            ("out", "\(Words.bytes(traffic.bytesOut)) in \(traffic.packetsOut) packets"),
        ]
    }
}

extension Show {
    private func way(ofIPv6 forward: Views.Forward) -> String {
        if forward.engine == "relay" { return "at the gateway's own addresses" }
        return forward.nat6 ? "translated" : "to the device's own address"
    }

    private func schedule(_ forward: Views.Forward) -> String {
        guard let schedule = forward.schedule else { return "always open" }
        let next = forward.nextChange.map { moment in
            "; \(forward.state == "closed" ? "opens" : "closes") \(moment) (\(Words.until(moment)))"
        }
        let flows = forward.whenClosed == "keep" ? "; live flows stay" : ""
        return schedule + (next ?? "") + flows
    }

    private func limits(_ forward: Views.Forward) -> String {
        let words = ChangeReport.limits(forward.body)
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    private func relaying(_ forward: Views.Forward) -> String {
        let words = RelayWords.terms(forward.relay ?? RelayBody())
        return words.isEmpty ? "standard" : words.joined(separator: ", ")
    }

    private func month(_ forward: Views.Forward) -> String {
        let used = Words.bytes(forward.traffic.monthBytes)
        return forward.limits.monthly.map { "\(used) of \($0)" } ?? used
    }
}

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows how the gateway is doing.",
        discussion: "EXAMPLE\n  portcullis status -o json")
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let status = try await socket.client.get("/v1/status", as: Views.Status.self)
        try output.show(status) {
            func words(_ interfaces: [Views.Interface]) -> String {
                interfaces.map { interface in
                    let addresses = interface.addresses.joined(separator: " ")
                    return "\(interface.name) \(addresses.isEmpty ? "without address" : addresses)"
                }.joined(separator: ", ")
            }
            print("portcullis \(status.version), running since \(status.started)")
            print(
                "forwards   \(status.inForce) of \(status.forwards) in force, table revision \(status.revision)"
            )
            let wans = words(status.wans)
            print("WAN        \(wans.isEmpty ? "none found; name it with --wan" : wans)")
            for line in Words.answers(of: status.wans) { print("answers    \(line)") }
            print("LAN        \(words(status.lans))")
            let isAlone = status.engine == "relay"
            let protection = status.protected ? "protected" : "not protected"
            print(
                "engine     "
                    + (isAlone
                        ? "relay, for every forward"
                        : "\(status.engine), \(protection) against other programs"))
            for feature in status.missing { print("missing    \(feature)") }
            if let rival = status.contestedBy {
                let alarm = "ALARM      \(rival) keeps changing the table; it is not restored"
                print(Console.alarm(alarm))
            }
            let dropped =
                "\(status.guardDroppedPackets) packets (\(Words.bytes(status.guardDroppedBytes))) dropped"
            print("guard      \(status.guarded ? "on, \(dropped)" : "off")")
        }
    }
}

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows who did what, and what was refused; the newest last.",
        discussion: "EXAMPLES\n  portcullis log\n  portcullis log nas --number 10")
    @Argument(help: "Only about one forward.") var name: String?
    @Option(name: [.short, .long], help: "How many entries.") var number = 50
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        var query = ["limit": "\(number)"]
        query["forward"] = name
        let answer = try await socket.client.get("/v1/activity", query, as: Views.Activities.self)
        try output.show(answer) {
            var table = TextTable(["TIME", "WHO", "WHAT", "FORWARD", "DETAIL"])
            for entry in answer.activity.reversed() {
                table.add([
                    entry.time, entry.who, entry.kind, entry.forward ?? "-", entry.detail,
                ])
            }
            table.show()
        }
    }
}
