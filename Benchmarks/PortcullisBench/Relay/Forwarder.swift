/// What carries connections at the gateway while it is measured.
enum Forwarder: Hashable {
    /// Nothing: the server is reached by routing.
    case none
    /// Portcullis, by the kernel.
    case kernel
    /// Portcullis, by its own relay.
    case relay(threads: Int)
    case haproxy(threads: Int)
    case nginx(workers: Int)
    /// A process for each connection.
    case socat

    static let all: [Forwarder] = [
        .none, .kernel, .relay(threads: 1), .relay(threads: 2), .haproxy(threads: 1),
        .haproxy(threads: 2), .nginx(workers: 1), .nginx(workers: 2), .socat,
    ]

    /// Those that an option names: `haproxy` both, `haproxy2` the one with two threads.
    static func named(_ name: String) -> [Forwarder] {
        all.filter { [$0.kind, $0.shortName].contains(name) }
    }

    /// A word without spaces.
    var shortName: String { crew.map { "\(kind)\($0)" } ?? kind }

    private var kind: String {
        switch self {
        case .none: "none"
        case .kernel: "kernel"
        case .relay: "relay"
        case .haproxy: "haproxy"
        case .nginx: "nginx"
        case .socat: "socat"
        }
    }

    private var crew: Int? {
        switch self {
        case .relay(let count), .haproxy(let count), .nginx(let count): count
        case .none, .kernel, .socat: nil
        }
    }

    var name: String {
        switch self {
        case .none: "plain routing"
        case .kernel: "Portcullis, kernel engine"
        case .relay(1): "Portcullis, relay, 1 thread"
        case .relay(let count): "Portcullis, relay, \(count) threads"
        case .haproxy(1): "HAProxy, 1 thread"
        case .haproxy(let count): "HAProxy, \(count) threads"
        case .nginx(1): "nginx, 1 worker"
        case .nginx(let count): "nginx, \(count) workers"
        case .socat: "socat"
        }
    }

    /// Whether it can do what a figure is about, and has processes that can be looked at.
    func has(_ figure: RelayFigure) -> Bool {
        switch figure {
        case .bulk, .connections, .pingPong: true
        case .calls, .idle: self != .none && self != .kernel
        case .udp, .flood: !isHAProxy
        // A process for each port is not what socat is for.
        case .ports: self != .none && self != .socat
        case .events: isRelay
        }
    }

    private var isRelay: Bool { if case .relay = self { true } else { false } }
    private var isHAProxy: Bool { if case .haproxy = self { true } else { false } }
}

/// What can be measured, as options name it.
enum RelayFigure: String, CaseIterable {
    case bulk, connections
    case pingPong = "pingpong"
    case udp, flood
    case calls, idle, ports, events

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Those measured in each rotation; the others have a run of their own.
    var isTimed: Bool { ![.calls, .idle, .ports, .events].contains(self) }
}
