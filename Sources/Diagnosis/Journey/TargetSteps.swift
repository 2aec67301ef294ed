import Addressing
import Forwarding
import LinuxKit

/// Whether the target is there, and whether its answers come back.
extension JourneyParts {
    private var isTCP: Bool { road.question.transport == .tcp }

    /// The one that is asked.
    private var targetPlace: Endpoint {
        road.isRelayed ? road.fate.target ?? road.place : road.place
    }

    func target() -> [JourneyStep] {
        guard let near = facts.near else { return [] }
        let place = targetPlace
        switch near {
        case .answered where isTCP:
            return [JourneyStep(.target, .pass, "\(place) answers")]
        case .refused where isTCP:
            return [
                JourneyStep(
                    .target, .stop,
                    "\(place.address) is up, but nothing listens at port \(place.port)",
                    remedy: JourneyRemedy(
                        "start the service there, or correct the port of the target"))
            ]
        case .answered, .refused: return [up]
        case .unreachable:
            return [
                JourneyStep(
                    .target, .stop,
                    "nobody has the address \(place.address) (no answer to the question for its"
                        + " hardware address)",
                    remedy: JourneyRemedy("switch the device on, or correct the target"))
            ]
        case .silent: return [silent]
        case .failed(let code):
            return [
                JourneyStep(.target, .unsure, "\(place) could not be probed (error \(code))")
            ]
        }
    }

    /// For what is no TCP, nobody can ask a program whether it listens.
    private var up: JourneyStep {
        let (place, transport) = (targetPlace, road.question.transport.name)
        return JourneyStep(
            .target, .info,
            "\(place.address) is up; whether a program listens at \(place.port)/\(transport)"
                + " cannot be known")
    }

    private var silent: JourneyStep {
        let place = targetPlace
        if !isTCP, facts.isNeighbour == true { return up }
        let remedy = JourneyRemedy("look whether it is switched on, and at its own firewall")
        guard isTCP else {
            return JourneyStep(
                .target, .unsure, "it cannot be known whether \(place.address) is up",
                remedy: remedy)
        }
        return JourneyStep(
            .target, .stop, "\(place) does not answer the gateway either", remedy: remedy)
    }

    func answer() -> [JourneyStep] { answerThroughOthers() + comingBack() + [wayBack()] }

    /// By the two probes: one from the target's own subnet, one from outside of it.
    private func comingBack() -> [JourneyStep] {
        guard road.keepsSource, let forward = road.forward, let address = facts.farAddress,
            let near = facts.near, let far = facts.far, near == .answered || near == .refused
        else { return [] }
        let target = road.place.address
        guard far == .silent || far == .unreachable else {
            guard far == near else { return [] }
            let sentence = "\(target) sends its answers to other networks back through the gateway"
            return [JourneyStep(.answer, .pass, sentence)]
        }
        return [
            JourneyStep(
                .answer, .stop,
                "\(target) answers the gateway, but not when \(address) asks: its default route"
                    + " leads elsewhere, or it lets only its own network in",
                remedy: JourneyRemedy(
                    "make this gateway its default route, or have it see the gateway as the sender",
                    ["portcullis set \(forward.name) --source rewritten"]))
        ]
    }
}
