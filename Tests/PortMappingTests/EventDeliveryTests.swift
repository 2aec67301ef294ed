import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `The way of an event` {
    private static let event = Array("NOTIFY /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n".utf8)

    /// What a subscriber does with an event, and whether that counts as taken.
    struct Manner: Sendable, CustomTestStringConvertible {
        var name: String
        /// In Python, about the connection `c`.
        var deed: String
        var isTaken: Bool

        var testDescription: String { name }
    }

    private static let manners = [
        Manner(name: "takes it", deed: "say('HTTP/1.1 200 OK\\r\\n\\r\\n')", isTaken: true),
        Manner(
            name: "takes it in pieces", deed: "say('HTTP/1.'); say('1 204 No'); say('\\r\\n')",
            isTaken: true),
        Manner(
            name: "does not want it", deed: "say('HTTP/1.1 412 No\\r\\n\\r\\n')", isTaken: false),
        Manner(
            name: "sends it on to another",
            deed: "say('HTTP/1.1 302 Found\\r\\nLocation: http://203.0.113.9/\\r\\n\\r\\n')",
            isTaken: false),
        Manner(name: "talks nonsense", deed: "say('x' * 5000)", isTaken: false),
        Manner(name: "hangs up", deed: "c.close()", isTaken: false),
        Manner(name: "is silent", deed: "kept.append(c)", isTaken: false),
    ]

    @Test(arguments: manners)
    func `an event is taken when it is answered so, and not otherwise`(manner: Manner) async throws
    {
        try await UPnPLab.with { lab in
            let listener = try await BackgroundProcess(
                ["python3", "-uc", Self.listening(manner.deed)], on: lab.lab.lan1, ready: "ready")
            // Long for who answers; the silent one is left soon.
            let time = manner.name == "is silent" ? 1 : 60
            let way = await Self.way(of: lab, whole: .seconds(time))
            let start = ContinuousClock.now
            #expect(try await deliver(by: way) == manner.isTaken)
            if time == 1 { #expect(start.duration(to: .now) > .milliseconds(900)) }
            #expect(try listener.text().contains("NOTIFY /x"))
            listener.end(by: 9)
        }
    }

    @Test func `nobody who listens, who can be reached or who is of the network is waited for`()
        async throws
    {
        try await UPnPLab.with { lab in
            let way = await Self.way(of: lab, whole: .seconds(600))
            #expect(try await !deliver(by: way))
            // What is dropped on its way is tried by the kernel for minutes, and by us for a moment.
            try lab.lab.lan1.shell(
                "nft 'add table ip x; add chain ip x i { type filter hook input priority 0; };"
                    + " add rule ip x i tcp dport 2001 drop'")
            let start = ContinuousClock.now
            #expect(try await !deliver(by: way))
            #expect(start.duration(to: .now) > .milliseconds(900))
            #expect(start.duration(to: .now) < .seconds(60))
            #expect(try await !deliver(to: "203.0.113.9", by: way))
        }
    }

    private func deliver(to host: String = "192.168.7.10", by way: EventDelivery) async throws
        -> Bool
    {
        let callback = try #require(LocalURL("http://\(host):2001/x"))
        let lans = MappingSettings(dialects: [.upnp]).lans(in: Sample.network)
        return await way.deliver(Self.event, to: callback, in: try #require(lans.first))
    }

    private static func way(of lab: UPnPLab, whole: Duration) async -> EventDelivery {
        EventDelivery(
            socket: await lab.server.socket, loop: await lab.server.loop, connecting: .seconds(1),
            whole: whole)
    }

    private static func listening(_ deed: String) -> String {
        """
        import socket
        l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        l.bind(("192.168.7.10", 2001)); l.listen(8); kept = []
        print("ready")
        while True:
            c, _ = l.accept()
            say = lambda text: c.sendall(text.encode())
            print(c.recv(9999).decode())
            \(deed)
        """
    }
}
