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

    /// What the gateway answers to a text of HTTP, as far as it comes.
    func ask(
        _ text: String, on host: Host? = nil, within seconds: Int = 3
    ) async throws -> String {
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
        return try await python(script, on: host ?? lab.lan1, input: text)
    }

    /// Runs a script on a machine; what runs in Swift does not wait for it.
    func python(_ script: String, on host: Host, input: String = "") async throws -> String {
        try await run(["python3", "-c", script], on: host, input: input)
    }

    func run(
        _ arguments: [String], on host: Host, input: String = ""
    ) async throws -> String {
        try await host.run {
            let result = try host.command(arguments, input: input)
            return result.output + result.errors
        }
    }
}
