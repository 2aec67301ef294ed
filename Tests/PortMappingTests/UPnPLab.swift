import Addressing
import Forwarding
import LinuxKit
import Logging
import TestKit

@testable import PortMapping

/// The server in the gateway of a lab.
struct UPnPLab {
    let lab: Lab
    let desk: UPnPDesk
    let server: UPnPServer

    static func with(
        _ limits: UPnPLimits = .standard, _ body: (UPnPLab) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let desk = UPnPDesk { $0.network = Sample.network }
            let gateway = lab.gateway
            let settings = MappingSettings(dialects: [.upnp], upnpPort: 5000)
            let server = UPnPServer(
                settings, UPnPTerms(secret: UPnPTalk.secret, limits: limits), desk: desk,
                socket: { kind, place, interface in
                    try await gateway.run {
                        try LANSocket(kind, at: place, on: interface).handedOver()
                    }
                }, log: Logger(label: "test"))
            guard let server else { return }
            let made = UPnPLab(lab: lab, desk: desk, server: server)
            await made.follow(settings)
            do { try await body(made) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    private func follow(_ settings: MappingSettings) async {
        let standing = desk.standingNow
        await server.follow(settings.lans(in: standing.network), standing)
    }

    /// What is at the address for who asks so, by the text of a request.
    func ask(
        _ text: String, on host: Host? = nil, within seconds: Int = 3
    ) throws -> String {
        let script = """
            import socket, sys
            s = socket.create_connection(("192.168.7.1", 5000), \(seconds))
            s.settimeout(\(seconds))
            data = b""
            try:
                s.sendall(sys.stdin.buffer.read())
                while True:
                    piece = s.recv(65536)
                    if not piece: break
                    data += piece
            except TimeoutError: data += b"[silence]"
            except ConnectionResetError: data += b"[reset]"
            except BrokenPipeError: data += b"[broken]"
            sys.stdout.write(data.decode())
            """
        return try (host ?? lab.lan1).command(["python3", "-c", script], input: text).output
    }
}
