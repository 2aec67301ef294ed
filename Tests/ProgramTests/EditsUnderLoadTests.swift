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
                // On a busy machine the edits may be through before there are enough.
                while !tally.isOver || tally.made < 50 {
                    tally.note(try await asks(outside, from: lab.internet) == "nas")
                }
            }()
            // Through the API itself: a process for each edit would measure processes.
            do {
                defer { tally.end() }
                try Self.edit(1000, gateway)
            }
            try await connecting
            #expect(tally.lost == 0)
            #expect(tally.made >= 50)
            #expect(try gateway.json(["status"], as: Status.self).revision == 1001)
            withExtendedLifetime(server) {}
        }
    }

    /// One `curl` on one connection, told of every request beforehand.
    private static func edit(_ count: Int, _ gateway: GatewayProcess) throws {
        let url = "http://gateway/v1/forwards"
        let requests = (0..<count).map { number -> String in
            let port = 20_000 + number / 4 % 50
            let name = "edit-\(port)"
            return switch number % 4 {
            case 0:
                request(
                    "POST", url,
                    #"{"forwards":[{"name":"\#(name)","external":"\#(port)/tcp","to":"192.168.7.20:443"}]}"#
                )
            case 1: request("PATCH", "\(url)/\(name)", #"{"to":"192.168.7.10:443"}"#)
            case 2: request("PATCH", "\(url)/\(name)", #"{"allow":["203.0.113.0/24"]}"#)
            default: request("DELETE", "\(url)/\(name)", "")
            }
        }
        let file = try gateway.file(
            "requests",
            requests.map { "unix-socket = \(gateway.socket)\nfail-with-body\n" + $0 }
                .joined(separator: "next\n"))
        let made = try Command.run(["curl", "-sS", "-K", file])
        guard made.succeeded else { throw Command.Failure(description: made.output + made.errors) }
    }

    private static func request(_ method: String, _ url: String, _ body: String) -> String {
        let escaped = body.replacing("\"", with: "\\\"")
        let data = body.isEmpty ? "" : "data = \"\(escaped)\"\n"
        return "url = \"\(url)\"\nrequest = \(method)\n\(data)"
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
