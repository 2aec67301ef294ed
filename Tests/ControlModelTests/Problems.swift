import Addressing
import Forwarding
import TestKit

/// One of each problem, or more where its words depend on what is in it.
enum Problems {
    static let all: [Problem] =
        [
            .missing, .name, .noTransport, .unknownTransport, .target, .suffix, .address,
            .interface,
            .duration,
            .choice(["kept", "rewritten"]), .tooLong(limit: 200), .controlCharacter,
            .syntax("is not UTF-8"), .contradiction(with: .at), .pastLastPort,
            .shiftTooWide(limit: 1024), .pinholeShift, .familyMismatch, .ended, .ownWANAddress,
            .ownAddress, .revision(found: 7),
            .loopback, .multicast, .unspecified, .broadcast, .linkLocal, .groupAddress, .unresolved,
            .itself, .circle([Sample.name("one"), Sample.name("two")]), .duplicate,
            .overlap(with: Sample.name("nas"), Sample.ports(80, 90)), .tableFull,
            .storage("the disk is full"), .unknownRevision(oldest: 0, newest: 7),
            .awaitsConfirmation(until: Sample.now), .nothingToConfirm,
            .count(most: 10), .rate, .amount, .bandwidth, .exceptionPorts, .exceptionTerm,
            .exceptionTooWide(limit: 1024), .exceptionBehind(Sample.name("nas")),
            .unknownZone(.utc), .secondAddress(Sample.name("nas")),
            .upstreamTooWide(limit: 32), .upstreamWithoutIPv4,
        ] + ports + schedules + journeys + nearest + prefixes + widths + machine + engine + relays

    private static let portErrors: [PortRangeError] = [
        .notANumber, .zero, .tooLarge, .reversed(meant: Sample.ports(80, 90)),
    ]

    private static let ports =
        portErrors.map(Problem.external) + portErrors.map(Problem.targetPorts)

    private static let schedules: [Problem] = [
        .noWindow, .tooManyWindows(limit: 64), .noDays, .unknownDay(nearest: "mon"),
        .unknownDay(nearest: nil), .noTimes, .time, .noLength, .beginsAtEnd, .zone, .date,
        .pastMonth(last: CivilDate(number: 0)),
        .reversed(meant: CivilDate(number: 0), CivilDate(number: 1)), .word,
    ].map(Problem.schedule)

    private static let journeys: [Problem] = [
        .source, .destination, .severalTransports, .noWANAddress(.v4), .noWANAddress(.v6),
        .notInside, .noInterface([Sample.interface("wan0")]),
    ].map(Problem.journey)

    private static let relays: [Problem] = [
        .socketPath, .check, .wait(most: 86_400), .route, .namePattern, .unixShape, .routesShape,
        .sameRoute, .notCarried(.udp), .dialect(.tcp), .dialect(.udp), .needs(.names),
        .transparentHere, .onlyKernel(.sctp), .unavailable(.daemonIsTold),
        .unavailable(.loopbackTarget),
    ].map(Problem.relay)

    private static let nearest: [Problem] = [
        .unknownService(nearest: "minecraft"), .unknownService(nearest: nil),
        .unknownKey(nearest: "external"), .unknownKey(nearest: nil), .unknown(nearest: "nas"),
        .unknown(nearest: nil),
    ]

    private static let prefixes: [Problem] = [
        .prefix(.notAnAddress), .prefix(.badLength(limit: 32)),
        .prefix(.hostBits(meant: Sample.prefix("10.0.0.0/8"))),
    ]

    private static let widths: [Problem] = [
        .unequalRanges(external: Sample.ports(80, 90), target: Sample.ports(80)),
        .unequalRanges(external: Sample.ports(80, 90), target: Sample.ports(65535)),
        .unequalRanges(external: Sample.ports(80, 90), target: Sample.ports(80, 85)),
    ]

    private static let machine: [Problem] = [
        .listener(Listener(transport: .tcp, address: nil, port: 80, program: "nginx")),
        .listener(Listener(transport: .tcp, address: Sample.address("203.0.113.5"), port: 80)),
        .notAWAN([]), .notAWAN([Sample.interface("wan0"), Sample.interface("wan1")]),
    ]

    private static let engine: [Problem] =
        [
            .engine(.refused(Sample.id(7), code: 17, detail: "")),
            .engine(.refused(nil, code: 28, detail: "no room")), .engine(.ownedByAnother),
            .engine(.notPermitted), .engine(.unsupported(["nf_tables"])),
            .engine(.system(code: 12, during: .commit)),
            .engine(.relayRefused(Sample.id(7), .transparent)),
        ]
        + RelayRefusal.PlaceProblem.allCases.map {
            .engine(.relayRefused(Sample.id(7), .place("203.0.113.5:443/tcp", $0)))
        }

    /// A number for each case, so that a case that is added has to be added here and to `all`.
    static func place(_ problem: Problem) -> Int {
        switch problem {
        case .missing: 0
        case .name: 1
        case .external: 2
        case .targetPorts: 3
        case .noTransport: 4
        case .unknownTransport: 5
        case .unknownService: 6
        case .target: 7
        case .prefix: 8
        case .address: 9
        case .interface: 10
        case .duration: 11
        case .choice: 12
        case .tooLong: 13
        case .controlCharacter: 14
        case .unknownKey: 15
        case .syntax: 16
        case .contradiction: 17
        case .unequalRanges: 18
        case .pastLastPort: 19
        case .shiftTooWide: 20
        case .pinholeShift: 21
        case .familyMismatch: 22
        case .ended: 23
        case .ownWANAddress: 24
        case .loopback: 25
        case .multicast: 26
        case .unspecified: 27
        case .broadcast: 28
        case .linkLocal: 29
        case .groupAddress: 30
        case .unresolved: 31
        case .itself: 32
        case .circle: 33
        case .duplicate: 34
        case .unknown: 35
        case .overlap: 36
        case .listener: 37
        case .notAWAN: 38
        case .tableFull: 39
        case .engine: 40
        case .storage: 41
        case .revision: 42
        case .ownAddress: 43
        case .unknownRevision: 44
        case .awaitsConfirmation: 45
        case .nothingToConfirm: 46
        case .schedule: 47
        case .count: 48
        case .rate: 49
        case .amount: 50
        case .bandwidth: 51
        case .exceptionPorts: 52
        case .exceptionTerm: 53
        case .exceptionTooWide: 54
        case .exceptionBehind: 55
        case .unknownZone: 56
        case .suffix: 57
        case .journey: 58
        case .secondAddress: 59
        case .relay: 60
        case .upstreamTooWide: 61
        case .upstreamWithoutIPv4: 62
        }
    }

    static let cases = 63
}
