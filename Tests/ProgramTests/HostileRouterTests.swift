import Addressing
import Synchronization
import TestKit
import Testing

/// A router that answers the search for UPnP with whatever would hurt.
private final class HostileRouter: Sendable {
    private let stopped = Mutex(false)
    private let calls = Mutex(0)

    /// How often its description was asked for.
    var callCount: Int { calls.withLock { $0 } }

    init(on host: Host, _ lie: Lie) async throws {
        let search = try await Wire.listening(.udp, on: host, 1900)
        let pages = try await Wire.listening(.tcp, on: host, 5000)
        let answer = """
            HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nUSN: uuid:1\r
            LOCATION: \(lie.location)\r\nEXT:\r\nCACHE-CONTROL: max-age=120\r\n\r\n
            """
        serve { [weak self] in
            guard self?.isRunning ?? false else { return false }
            if let (_, source) = try? search.receiveWithSource(within: 50), let source {
                try? search.send(Array(answer.utf8), to: source)
            }
            return true
        }
        serve { [weak self] in
            guard self?.isRunning ?? false else { return false }
            guard let page = try? pages.next(within: 50) else { return true }
            self?.calls.withLock { $0 += 1 }
            _ = try? page.receive(within: 500)
            try? page.send(Array(lie.head.utf8))
            let piece = [UInt8](repeating: 0x61, count: 65_536)
            while lie.isEndless, self?.isRunning ?? false, (try? page.send(piece)) != nil {}
            // What says nothing more stays open.
            _ = try? page.isEnded(within: 20_000)
            return true
        }
    }

    private var isRunning: Bool { stopped.withLock { !$0 } }

    private func serve(_ turn: @escaping @Sendable () -> Bool) {
        Thread.start { while turn() {} }
    }

    deinit { stopped.withLock { $0 = true } }
}

struct Lie: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var location = "http://203.0.113.9:5000/root.xml"
    var head: String
    var isEndless = false
    var isAsked = true
}

@Suite struct `A hostile router in front` {
    static let lies = [
        Lie(
            testDescription: "a description without an end", head: "HTTP/1.1 200 OK\r\n\r\n<root>",
            isEndless: true),
        Lie(
            testDescription: "an absurd length",
            head: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<root>", isEndless: true),
        Lie(
            testDescription: "headers without an end", head: "HTTP/1.1 200 OK\r\nA: ",
            isEndless: true),
        Lie(testDescription: "silence behind the connection", head: "HTTP/1.1 200 OK\r\n"),
        Lie(
            testDescription: "a redirection",
            head: "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.9/\r\nContent-Length: 0\r\n\r\n"),
        Lie(
            testDescription: "a bomb of entities",
            head: """
                HTTP/1.1 200 OK\r\nContent-Length: 88\r\n\r\n<!DOCTYPE r [<!ENTITY a "aaaa">\
                <!ENTITY b "&a;&a;&a;&a;">]><root><device>&b;</device></root>
                """),
        Lie(
            testDescription: "a description at another address",
            location: "http://198.51.100.7:5000/root.xml", head: "", isAsked: false),
        Lie(
            testDescription: "a description of another scheme", location: "file:///etc/passwd",
            head: "", isAsked: false),
    ]

    @Test(arguments: lies)
    func `is given up in time`(lie: Lie) async throws {
        try await Lab.with { lab in
            let router = try await HostileRouter(on: lab.internet, lie)
            let clock = ContinuousClock()
            let begin = clock.now
            let said = try lab.gateway.command(
                [GatewayProcess.binary, "request", "8443/tcp", "--once"])
            #expect(said.code == 1)
            let words = lie.isAsked ? "by UPnP makes no sense" : "by none of PCP, NAT-PMP and UPnP"
            #expect(said.errors.contains(words), "\(said.errors)")
            #expect(clock.now - begin < .seconds(20))
            #expect((router.callCount > 0) == lie.isAsked)
        }
    }
}
