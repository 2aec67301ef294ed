import Addressing
import ArgumentParser
import LinuxKit
import Logging
import Reflection
import ServiceLifecycle
import UnixSignals

struct STUNServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stun-server",
        abstract: "Runs a STUN server, which tells clients from where it sees them.",
        discussion: """
            For a machine outside, whose address "portcullis wan" and other clients ask (RFC 8489, over
            UDP). With two addresses of that machine it also shows how what stands between maps and
            filters (RFC 5780). Each source gets ten answers a second. SIGINT and SIGTERM end it.

            EXAMPLES
              portcullis stun-server --address 192.0.2.7
              portcullis stun-server --address 192.0.2.7 --other-address 192.0.2.8
              portcullis stun-server --address 2001:db8::7 --port 3480
            """)
    @Option(help: ArgumentHelp("An own address to be asked at.", valueName: "address"))
    var address: String
    @Option(help: ArgumentHelp("A second own address, for RFC 5780.", valueName: "address"))
    var otherAddress: String?
    @Option(help: "The port.") var port: UInt16 = 3478
    @Option(help: "The port of the second kind, for RFC 5780.") var otherPort: UInt16?

    private static let standardOtherPort: UInt16 = 3479

    func validate() throws {
        _ = try places()
    }

    func run() async throws {
        let places = try places()
        let server = try opened(places)
        var log = Logger(label: "portcullis")
        log.logLevel = .warning
        try await ServiceGroup(
            services: [ReflectionService(server: server, places: places)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: log
        ).run()
    }

    private func opened(_ places: ReflectionPlaces) throws -> ReflectionServer {
        do throws(ReflectionServer.Failure) { return try ReflectionServer(places) } catch {
            let reason =
                switch error.error.code {
                case ErrorNumber.addressInUse:
                    "another program has it; stop it, or use another --port"
                case ErrorNumber.addressNotAvailable: "it is no address of this machine"
                case ErrorNumber.notAllowed: "ports below 1024 are root's"
                default: "error \(error.error.code)"
                }
            throw Failure("\(error.place) cannot be used: \(reason)")
        }
    }

    private func places() throws -> ReflectionPlaces {
        let place = Endpoint(try Self.own(address, "--address"), port)
        guard port != 0, otherPort != 0 else { throw ValidationError("0 is no port.") }
        guard let otherAddress else {
            guard otherPort == nil else {
                throw ValidationError("--other-port says nothing without --other-address.")
            }
            return ReflectionPlaces(at: place)
        }
        let other = Endpoint(
            try Self.own(otherAddress, "--other-address"), otherPort ?? Self.standardOtherPort)
        guard let places = ReflectionPlaces(at: place, other: other) else {
            throw ValidationError(
                "\(place) and \(other) have to differ in address and port, of the same family.")
        }
        return places
    }

    private static func own(_ text: String, _ option: String) throws -> IPAddress {
        guard let address = IPAddress(text) else {
            throw ValidationError("\(option) \(text) is no address, such as 192.0.2.7.")
        }
        // It has to answer from where it was asked.
        guard !address.isAny else {
            throw ValidationError(
                "\(option) has to be one address of this machine, not all of them.")
        }
        return address
    }
}

/// Answers on a thread of its own until it is told to end.
private struct ReflectionService: Service {
    let server: ReflectionServer
    let places: ReflectionPlaces

    func run() async throws {
        // Signals are caught by now: whoever reads this may send one.
        Console.error("answers at \(places.all.map(\.description).joined(separator: ", "))")
        try await withGracefulShutdownHandler {
            try await KernelThread.run { () throws(KernelError) in try server.run() }
        } onGracefulShutdown: {
            server.stop()
        }
    }
}
