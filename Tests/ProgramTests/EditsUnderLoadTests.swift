import Addressing
import Synchronization
import TestKit
import Testing

@Suite struct `Edits under load` {
    /// Connections are opened without a pause while other forwards are added, retargeted and removed.
    @Test func `1,000 edits under continuous new connections lose not one`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let tally = Tally()
            let outside = Sample.endpoint("203.0.113.5", 8443)
            async let connecting: Void = {
                while !tally.isOver { tally.note(try await asks(outside, from: lab.internet) == "nas") }
            }()
            // Through the API itself: a process for each edit would measure processes.
            do {
                defer { tally.end() }
                try Self.edit(1000, gateway)
            }
            try await connecting
            #expect(tally.lost == 0)
            #expect(tally.made > 50)
            #expect(try gateway.json(["status"], as: Status.self).revision == 1001)
            withExtendedLifetime(server) {}
        }
    }

    private static func edit(_ count: Int, _ gateway: GatewayProcess) throws {
        var requests: [String] = []
        for number in 0..<count {
            let port = 20_000 + number / 4 % 50
            let name = "edit-\(port)"
            let url = "http://gateway/v1/forwards"
            switch number % 4 {
            case 0:
                requests.append(
                    "-X POST -d '{\"forwards\":[{\"name\":\"\(name)\",\"external\":\"\(port)/tcp\",\"to\":\"192.168.7.20:443\"}]}' \(url)"
                )
            case 1: requests.append("-X PATCH -d '{\"to\":\"192.168.7.10:443\"}' \(url)/\(name)")
            case 2:
                requests.append("-X PATCH -d '{\"allow\":[\"203.0.113.0/24\"]}' \(url)/\(name)")
            default: requests.append("-X DELETE \(url)/\(name)")
            }
        }
        let lines = requests.map {
            "curl -sS --fail-with-body --unix-socket \(gateway.socket) \($0)"
        }
        let made = try Command.run(["sh", "-eu"], input: lines.joined(separator: "\n"))
        guard made.succeeded else { throw Command.Failure(description: made.output + made.errors) }
    }
}

/// How many connections were made and how many did not come about.
private final class Tally: Sendable {
    private let counts = Mutex((made: 0, lost: 0, isOver: false))

    func note(_ succeeded: Bool) {
        counts.withLock {
            $0.made += 1
            $0.lost += succeeded ? 0 : 1
        }
    }

    func end() { counts.withLock { $0.isOver = true } }

    var isOver: Bool { counts.withLock { $0.isOver } }
    var made: Int { counts.withLock { $0.made } }
    var lost: Int { counts.withLock { $0.lost } }
}
