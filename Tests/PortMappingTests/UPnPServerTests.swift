import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `The server of UPnP` {
    @Test func `describes itself, maps, and is silent outside`() async throws {
        try await UPnPLab.with { lab in
            let root = try lab.ask("GET /rootDesc.xml HTTP/1.1\r\nHost: 192.168.7.1:5000\r\n\r\n", within: 12)
            print(root.prefix(300), await lab.server.counts.all)
            #expect(root.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(root.contains("InternetGatewayDevice:2"))
            let outside = try lab.lab.internet.command(
                ["python3", "-c", "import socket; socket.create_connection(('192.168.7.1', 5000), 2)"])
            #expect(!outside.succeeded)
            let direct = try lab.lab.internet.command(
                ["python3", "-c", "import socket; socket.create_connection(('203.0.113.5', 5000), 2)"])
            #expect(!direct.succeeded)
        }
    }
}
