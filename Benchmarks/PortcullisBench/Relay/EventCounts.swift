import Foundation

/// What the loops of a relay allocate, and how often they count references: by a library that is loaded
/// in front of the daemon (`EventCounting`), in a run of its own.
struct EventCounts {
    private let file: URL

    /// Three numbers, which the daemon's process writes.
    private static let size = 24

    init(in folder: URL) throws {
        file = folder.appending(path: "counts")
        try Data(count: Self.size).write(to: file)
    }

    func environment(of program: String) -> [String] {
        let library = URL(filePath: program).deletingLastPathComponent()
            .appending(path: "libEventCounting.so").path
        return ["LD_PRELOAD=\(library)", "EVENT_COUNTS=\(file.path)"]
    }

    var now: (allocations: Int, references: Int) {
        get throws {
            let data = try Data(contentsOf: file)
            guard data.count == Self.size else { throw Failure("\(file.path): not 24 bytes") }
            let numbers = (0..<3).map { place in
                (0..<8).reduce(0) { $0 | Int(data[place * 8 + $1]) << ($1 * 8) }
            }
            return (numbers[0], numbers[1] + numbers[2])
        }
    }
}

extension RelayBench {
    /// Everything that traffic makes a loop do, once it has begun: connections, bulk, small round trips
    /// and datagrams.
    func events(of forwarder: Forwarder, _ figures: inout RelayFigures) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(lab.gateway.name)-events")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let counts = try EventCounts(in: folder)
        let environment = counts.environment(of: options.program)
        try forwarder.inForce(in: lab, options, cleanup, environment: environment) { inForce in
            guard let place = inForce.places.first else { return }
            let start = try counts.now
            guard start.references > 0 else {
                throw Failure("the counting library was not loaded: build EventCounting")
            }
            try lab.client.inside { try traffic(to: place) }
            let end = try counts.now
            figures.add(Double(end.allocations - start.allocations), to: .allocations)
            figures.add(Double(end.references - start.references), to: .references)
        }
    }

    private func traffic(to place: Place) throws {
        let seconds = min(1, options.seconds)
        var load = try ConnectionLoad(to: place, closing: .orderly)
        _ = try load.carry(seconds: seconds)
        try load.finish()
        _ = try BulkLoad(to: place, streams: 8).run(seconds: seconds)
        _ = try Loads.pingPong(to: place, seconds: 30, trips: 5000)
        let datagrams = try DatagramLoad(to: place, flows: 64)
        _ = try datagrams.run(seconds: seconds)
    }
}
