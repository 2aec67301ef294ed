/// A number of the report on forwarders; one section has it of each of them.
enum Metric: CaseIterable {
    case bulkOne, bulkOneCost, bulkEight, bulkEightCost
    case connections, connectionCost
    case pingMedian, pingTail
    case calls, idle
    case allocations, references
    case datagramsOne, datagramsMany, flood, floodLoss
    case portsStart, portsApply, portsMemory, portsMore

    var title: String {
        switch self {
        case .bulkOne: "Throughput, one stream"
        case .bulkOneCost: "Throughput, one stream: processor time of the forwarder"
        case .bulkEight: "Throughput, eight streams"
        case .bulkEightCost: "Throughput, eight streams: processor time of the forwarder"
        case .connections: "New connections, 64 at once"
        case .connectionCost: "New connections: processor time of the forwarder"
        case .pingMedian: "Round trip of 64 bytes by TCP, median"
        case .pingTail: "Round trip of 64 bytes by TCP, 99th percentile"
        case .calls: "System calls of a short connection"
        case .allocations: "Allocations of the loops while all kinds of traffic passed"
        case .references: "References counted by the loops meanwhile"
        case .idle: "Memory of an idle connection"
        case .datagramsOne: "Round trips of 64 bytes by UDP, one flow, 64 under way"
        case .datagramsMany: "Round trips of 64 bytes by UDP, 64 flows, one under way in each"
        case .flood: "Flood of 64 bytes by UDP, one flow: received"
        case .floodLoss: "Flood of 64 bytes by UDP, one flow: lost"
        case .portsStart: "10,000 ports: start until the last takes connections"
        case .portsApply: "10,000 ports: of it the relay engine"
        case .portsMemory: "10,000 ports: memory"
        case .portsMore: "10,000 ports: memory beyond that without them"
        }
    }

    var unit: String {
        switch self {
        case .bulkOne, .bulkEight: "Gbit/s"
        case .bulkOneCost, .bulkEightCost: "s/GB"
        case .connections, .datagramsOne, .datagramsMany, .flood: "/s"
        case .connectionCost, .pingMedian, .pingTail: "µs"
        case .calls, .allocations, .references: ""
        case .idle: "bytes"
        case .floodLoss: "%"
        case .portsStart, .portsApply: "ms"
        case .portsMemory, .portsMore: "MiB"
        }
    }
}

/// What was measured of one forwarder; where it was measured several times, the median counts.
struct RelayFigures {
    private var values: [Metric: [Double]] = [:]

    mutating func add(_ value: Double, to metric: Metric) {
        values[metric, default: []].append(value)
    }

    /// As they came, one of each rotation.
    func all(of metric: Metric) -> [Double] { values[metric] ?? [] }

    subscript(metric: Metric) -> Double? { values[metric]?.median }
}
