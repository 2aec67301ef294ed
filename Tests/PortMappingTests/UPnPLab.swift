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
        _ limits: UPnPLimits = .standard, inside: [String] = ["br0", "guest0"],
        _ body: (UPnPLab) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let desk = UPnPDesk { $0.network = Self.network(inside) }
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
            await made.follow(inside: inside)
            do { try await body(made) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    /// The gateway has these networks from now on.
    func follow(inside: [String]) async {
        desk.with { $0.network = Self.network(inside) }
        await follow()
    }

    /// The server hears of what the desk knows of the network.
    func follow() async {
        let standing = desk.standingNow
        await server.follow(server.settings.lans(in: standing.network), standing)
    }

    /// The lab's network, with some of the networks inside, and with another external address.
    static func network(_ inside: [String], _ external: String? = nil) -> NetworkView {
        var network = Sample.network
        network.links = network.links.filter {
            network.isWAN($0.interface) || inside.contains($0.interface.text)
        }
        guard let external, let place = network.links.firstIndex(where: { $0.address.v4 != nil })
        else { return network }
        network.links[place].address = Sample.address(external)
        return network
    }

    /// What the gateway answers to a text of HTTP, as far as it comes.
    func ask(
        _ text: String, on host: Host? = nil, at address: String = "192.168.7.1",
        within seconds: Int = 3
    ) async throws -> String {
        let script = """
            import socket, sys
            s = socket.create_connection(("\(address)", 5000), \(seconds))
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

    /// Searches, and counts what comes: until it is as much as is wanted, and then for a while.
    ///
    /// - Returns: the count, and whether all came from where it was to come from.
    func search(
        _ target: String, times: Int = 1, to place: String = "239.255.255.250",
        on host: Host? = nil, by own: String? = nil, wanted: Int = 0
    ) async throws -> String {
        let way = own.map { "s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton('\($0)'))" }
        let script = """
            import socket
            q = ("M-SEARCH * HTTP/1.1\\r\\nHOST: 239.255.255.250:1900\\r\\nMAN: \\"ssdp:discover\\"\\r\\n"
                 "MX: 1\\r\\nST: \(target)\\r\\n\\r\\n")
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            \(way ?? "")
            for _ in range(\(times)): s.sendto(q.encode(), ("\(place)", 1900))
            found, good = 0, True
            try:
                while True:
                    s.settimeout(60 if found < \(wanted) else 1.5)
                    text, source = s.recvfrom(2000)
                    found += 1
                    good = good and source in [("192.168.7.1", 1900), ("192.168.9.1", 1900)]
                    good = good and (\(target == "ssdp:all" ? "True" : "False") or "ST: \(target)\\r" in text.decode())
            except TimeoutError: print(found, good)
            """
        return try await python(script, on: host ?? lab.lan1)
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
