import Addressing
import Forwarding
import LinuxKit
import Netlink

/// Where the kernel sends the packet on, or why it does not.
extension JourneyParts {
    func route() -> [JourneyStep] {
        let place = road.place.address
        guard facts.forwards else { return [switchedOff] }
        switch facts.onward {
        case .found(let route) where route.kind == .onward:
            let over = route.gateway.map { " over \($0)" } ?? ""
            let name = facts.name(route.outInterface)?.text ?? "an interface that is gone"
            return [JourneyStep(.route, .pass, "\(place) is reached by \(name)\(over)")]
        case .found(let route) where route.kind == .local:
            return [JourneyStep(.route, .pass, "\(place) is an address of the gateway itself")]
        case .found:
            return [
                JourneyStep(
                    .route, .stop, "a route says that \(place) is not to be reached",
                    remedy: JourneyRemedy("look at the routes", ["ip route get \(place)"]))
            ]
        case .refused(let code): return [refused(code)]
        case nil:
            return [JourneyStep(.route, .unsure, "the kernel could not be asked for its routes")]
        }
    }

    private var switchedOff: JourneyStep {
        let key =
            road.place.address.family == .v4
            ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding"
        return JourneyStep(
            .route, .stop, "the machine does not forward packets (\(key) = 0)",
            remedy: JourneyRemedy("switch it on", ["sysctl -w \(key)=1"]))
    }

    /// The kernel has one number for several reasons (`inet_rtm_getroute`).
    private func refused(_ code: Int32) -> JourneyStep {
        let (source, place, arrival) = (
            road.question.source, road.place.address, road.question.arrival
        )
        if road.network.isOwn(source) {
            return JourneyStep(
                .route, .stop,
                "\(source) is an address of the gateway itself, and the kernel drops what comes in"
                    + " with it",
                remedy: JourneyRemedy("ask with the address of a client"))
        }
        let isSourceCheck = code == ErrorNumber.invalid || code == ErrorNumber.crossDevice
        guard isSourceCheck, facts.reversePathFilter > 0 else {
            return JourneyStep(
                .route, .stop, "no route leads to \(place) (error \(code))",
                remedy: JourneyRemedy("look at the routes", ["ip route get \(place)"]))
        }
        let strictly = facts.reversePathFilter == 1
        return JourneyStep(
            .route, .stop,
            "rp_filter drops it: the way back to \(source) does not lead over \(arrival)",
            remedy: JourneyRemedy(
                strictly ? "check sources loosely there" : "add a route to \(source)",
                strictly ? ["sysctl -w net.ipv4.conf.\(arrival.text.slashed).rp_filter=2"] : []))
    }

    /// The way of the answer, once the target has given one.
    func wayBack() -> JourneyStep {
        let (client, arrival) = (road.question.source, road.question.arrival)
        switch facts.back {
        case .found(let route) where route.kind == .onward:
            let out = facts.name(route.outInterface)
            guard let out, out != arrival else {
                return JourneyStep(.answer, .pass, "the answer goes back by \(arrival)")
            }
            return JourneyStep(
                .answer, .unsure,
                "the answer to \(client) would leave by \(out), not by \(arrival) that it came in by",
                remedy: JourneyRemedy("look at the routes", ["ip route get \(client)"]))
        case .found, .refused:
            return JourneyStep(
                .answer, .stop, "no route leads back to \(client)",
                remedy: JourneyRemedy("look at the routes", ["ip route get \(client)"]))
        case nil:
            return JourneyStep(.answer, .unsure, "the kernel could not be asked for the way back")
        }
    }
}

extension String {
    /// A name with dots, as sysctl(8) takes it.
    fileprivate var slashed: String { split(separator: ".").joined(separator: "/") }
}
