import Foundation
import Glibc

/// Measures how fast devices get the ports that they ask for, beside miniupnpd.
///
/// Both are asked by NAT-PMP, which both speak, from the LAN's host, and nobody else is at work. Requests
/// are for ports that have no mapping yet, so each of them changes the kernel's table.
struct MappingBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup

    struct Figures {
        /// Answers a second: of the first thousand requests, 32 at once, and one at a time.
        var answers: [Double] = []
        var serial: [Double] = []
        /// Milliseconds from the request until a packet from outside is there: with few mappings, and
        /// with `many`.
        var few: [Double] = []
        var crowded: [Double] = []
        /// Answers a second with `many` mappings there, 32 at once.
        var crowdedAnswers: [Double] = []
        /// Mebibytes of the process with `many` mappings.
        var memory = 0.0
    }

    /// Of which the goals speak.
    static let many = 10_000
    private static let atOnce = 32

    func run() throws -> [MappingServer: Figures] {
        var figures: [MappingServer: Figures] = [:]
        for round in 1...(options.isQuick ? 1 : options.rotations) {
            for server in MappingServer.allCases {
                say("mappings: \(server.rawValue), round \(round)")
                try measure(server, &figures[server, default: Figures()])
            }
        }
        return figures
    }

    private func measure(_ server: MappingServer, _ figures: inout Figures) throws {
        try server.inForce(in: lab, options, cleanup) { _ in
            let load = try MappingLoad(lab)
            defer { load.end() }
            let first = options.isQuick ? 100 : 1000
            figures.answers.append(try load.perSecond(first, from: 10_000, atOnce: Self.atOnce))
        }
        try server.inForce(in: lab, options, cleanup) { _ in
            let load = try MappingLoad(lab)
            defer { load.end() }
            let samples = options.isQuick ? 10 : 200
            figures.serial.append(try load.perSecond(samples, from: 20_000, atOnce: 1))
            figures.few += try load.firstPackets(options.isQuick ? 5 : 100, from: 30_000)
        }
        try server.inForce(in: lab, options, cleanup) { running in
            let load = try MappingLoad(lab)
            defer { load.end() }
            try server.fill(Self.many, in: lab, through: load)
            let samples = options.isQuick ? 3 : 10
            figures.crowded += try load.firstPackets(samples, from: 30_000)
            figures.crowdedAnswers.append(
                try load.perSecond(samples * 2, from: 40_000, atOnce: Self.atOnce))
            figures.memory = running.mebibytes()
        }
    }
}
