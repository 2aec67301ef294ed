import Addressing
import Forwarding
import LinuxKit

/// What the table says about the packet: which forward has it, who may use that, and until when.
struct ForwardSteps {
    private let road: JourneyRoad
    /// Whether somebody else has the packet where no forward does.
    private let isTaken: Bool
    private let load: ForwardLoad?
    private let absence: JourneyFacts.Absence?

    init(_ road: JourneyRoad, isTaken: Bool, _ facts: JourneyFacts) {
        self.road = road
        self.isTaken = isTaken
        load = facts.load
        absence = facts.absence
    }

    /// In the order in which the kernel asks.
    var all: [JourneyStep] {
        guard let forward = road.forward else { return [kept ?? none] }
        return [found(forward), absent(forward), time(forward)].compactMap(\.self)
            + [access(forward)]
            + LimitSteps(forward, road.question.source, load).all
    }

    private func found(_ forward: Forward) -> JourneyStep {
        let place =
            switch forward.external.scope {
            case .everyWAN: "every WAN address"
            case .interface(let name): "the addresses of \(name)"
            case .address(let address): "\(address)"
            }
        return JourneyStep(
            .forward, .pass,
            "the forward \(forward.name) has it: \(forward.externalText) at"
                + " \(place), number \(forward.id.number)")
    }

    private func absent(_ forward: Forward) -> JourneyStep? {
        switch absence {
        case nil: nil
        case .suspended:
            JourneyStep(
                .forward, .stop, "the engine would not have \(forward.name): it is not in force",
                remedy: JourneyRemedy(
                    "look who has its port or its target",
                    ["portcullis log \(forward.name)", "portcullis doctor"]))
        case .contested(let rival):
            JourneyStep(
                .forward, .stop,
                "\(rival) changes the table again and again, and it is no longer restored",
                remedy: JourneyRemedy(
                    "keep it from the table, then have the configuration read again",
                    ["systemctl reload portcullis"]))
        }
    }

    private var kept: JourneyStep? {
        guard let forward = road.fate.exception.flatMap({ road.situation.table[$0] }) else {
            return nil
        }
        return JourneyStep(
            .forward, .info, "the exception \(forward.name) leaves it to the gateway's own programs"
        )
    }

    private func time(_ forward: Forward) -> JourneyStep? {
        let (now, zones) = (road.situation.now, road.situation.surroundings.zones)
        let next = forward.nextOpening(after: now, in: zones).map { $0.text }
        guard forward.opening(at: now, in: zones) != .closed else {
            let until = next.map { "until \($0)" } ?? "for good"
            return JourneyStep(
                .time, .stop, "the schedule of \(forward.name) is closed \(until)",
                remedy: JourneyRemedy(
                    "open it always, or give it other hours",
                    ["portcullis set \(forward.name) --schedule always"]))
        }
        let times = [
            forward.schedule == nil
                ? nil : "its schedule is open\(next.map { " until \($0)" } ?? "")",
            forward.ends.map { "its time ends at \($0.text)" },
        ].compactMap(\.self)
        return times.isEmpty
            ? nil : JourneyStep(.time, .pass, times.joined(separator: ", "))
    }

    private func access(_ forward: Forward) -> JourneyStep {
        let client = road.question.source
        guard case .refused(_, let reason) = road.fate else {
            return JourneyStep(.access, .pass, allowance(forward))
        }
        let set = "portcullis set \(forward.name)"
        switch reason {
        case .denied:
            return JourneyStep(
                .access, .stop, "\(client) is on the deny-list of \(forward.name)",
                remedy: JourneyRemedy("take it off the list", [deny(forward, but: client)]))
        case .notAllowed:
            let lists = forward.sources.allowed.map { "--allow \($0)" } + ["--allow \(client)"]
            let wish = forward.sources.peers.isEmpty ? "put it there" : "let it in from any port"
            return JourneyStep(
                .access, .stop, refusal(forward),
                remedy: JourneyRemedy(
                    "\(wish) if it may", ["\(set) \(lists.joined(separator: " "))"]))
        case .hairpinOff:
            return JourneyStep(
                .access, .stop, "\(forward.name) is not for those inside (hairpin is off)",
                remedy: JourneyRemedy("switch it on", ["\(set) --hairpin on"]))
        case .closed: return JourneyStep(.access, .stop, "\(forward.name) is closed")
        case .otherInterface:
            return JourneyStep(
                .access, .stop,
                "\(forward.name) is bound to another WAN than \(road.question.arrival)",
                remedy: JourneyRemedy("open it at every WAN", ["\(set) --every-wan"]))
        }
    }

    private func allowance(_ forward: Forward) -> String {
        let client = road.question.source
        guard road.isFromWAN else { return "those inside may use it, \(client) too" }
        let sources = forward.sources
        if sources.isAnywhere { return "it is open to anybody" }
        let isListed = sources.allowed.contains { $0.contains(client) }
        return isListed
            ? "\(client) is on its allow-list"
            : "its device lets in \(client) from port \(road.question.sourcePort ?? 0)"
    }

    private func refusal(_ forward: Forward) -> String {
        let client = road.question.source
        let ports = forward.sources.peers.filter { $0.prefix.contains(client) }
            .compactMap(\.port)
        guard !ports.isEmpty else {
            return forward.sources.peers.isEmpty
                ? "\(client) is not on the allow-list of \(forward.name)"
                : "\(client) is none of those whom \(forward.name) lets in"
        }
        let list = ports.map { "\($0)" }.joined(separator: ", ")
        let asked = road.question.sourcePort.map { "not from \($0)" } ?? "and none was asked about"
        return "\(forward.name) lets in \(client) from port \(list), \(asked)"
    }

    private func deny(_ forward: Forward, but client: IPAddress) -> String {
        let left = forward.sources.denied.filter { !$0.contains(client) }
        let lists = left.isEmpty ? ["--deny-none"] : left.map { "--deny \($0)" }
        return "portcullis set \(forward.name) \(lists.joined(separator: " "))"
    }
}

// No forward has it: why not, where one nearly does.
extension ForwardSteps {
    private struct Miss {
        var sentence: String
        var remedy: JourneyRemedy?
        /// Whether the forward would have it otherwise.
        var isNear = true
    }

    private var none: JourneyStep {
        guard let miss else {
            let question = road.question
            return JourneyStep(
                .forward, .info,
                "no forward names \(question.destination)/\(question.transport.name)")
        }
        let stops: Bool =
            switch road.fate {
            case .local: !isTaken
            case .guarded: miss.isNear
            case .routed, .forwarded, .relayed, .refused, .excepted: false
            }
        return JourneyStep(
            .forward, stops ? .stop : .info, miss.sentence, remedy: stops ? miss.remedy : nil)
    }

    private var miss: Miss? {
        let (question, table) = (road.question, road.situation.table)
        let port = question.destination.port
        if let forward = table.forwards(on: port, question.transport).first {
            return miss(of: forward)
        }
        for other in TransportProtocol.allCases where other != question.transport {
            guard let forward = table.forwards(on: port, other).first else { continue }
            let sentence =
                "the forward \(forward.name) has the port for \(other.name), not for"
                + " \(question.transport.name)"
            return Miss(
                sentence: sentence,
                remedy: JourneyRemedy("ask for \(port)/\(other.name), or add a forward"),
                isNear: false)
        }
        return nil
    }

    private func miss(of forward: Forward) -> Miss {
        let (name, situation) = (forward.name, road.situation)
        guard forward.enabled else {
            return Miss(
                sentence: "the forward \(name) is switched off",
                remedy: JourneyRemedy("switch it on", ["portcullis enable \(name)"]))
        }
        guard !forward.hasEnded(at: situation.now) else {
            return Miss(
                sentence: "the time of the forward \(name) is over",
                remedy: JourneyRemedy("give it more", ["portcullis set \(name) --for 2h"]))
        }
        guard forward.active(in: situation.surroundings, at: situation.now) != nil else {
            return Miss(
                sentence: "the target of the forward \(name), \(forward.target.host), has not"
                    + " been found",
                remedy: JourneyRemedy("switch the device on, or give its address"))
        }
        let place = road.question.destination.address
        return Miss(
            sentence: "the forward \(name) has the port, but not at \(place)",
            remedy: JourneyRemedy(
                "ask at its own address, or look at it", ["portcullis show \(name)"]),
            isNear: false)
    }
}
