import Addressing
import ArgumentParser
import ControlModel
import Forwarding
import FoundationEssentials
import LinuxKit
import PortMapping
import UnixSignals

struct RequestPort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Asks the router in front of this machine for a port, and keeps it.",
        discussion: """
            Needs no gateway here: it asks the router of the default route by PCP, then NAT-PMP, then
            UPnP. The port is kept until SIGINT or SIGTERM and given back then; with --once it is left
            to run out.

            EXAMPLES
              portcullis request 8443/tcp
              portcullis request 8443/tcp --to 443 --lifetime 1h
              portcullis request 51820/udp --external 51820
              portcullis request 8443/tcp --once -o json
            """)
    @Argument(
        help: ArgumentHelp("The port outside, where the router can give it.", valueName: "port"))
    var port: String
    @Option(help: ArgumentHelp("The port of this machine, where it is another.", valueName: "port"))
    var to: UInt16?
    @Option(
        help: ArgumentHelp("This port outside and no other, or nothing.", valueName: "port"))
    var external: UInt16?
    @Option(
        help: ArgumentHelp(
            "For how long at a time: 2m to 1d.", valueName: "duration"))
    var lifetime = "2h"
    @Option(
        help: ArgumentHelp(
            "The router (default: that of the default route).", valueName: "address"))
    var router: String?
    @Flag(help: "Ask, and leave the port to run out.") var once = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        _ = try wish()
        guard router == nil || routerAddress != nil else {
            throw ValidationError(
                "--router \(router ?? "") is no IPv4 address, such as 192.168.1.1.")
        }
    }

    func run() async throws {
        let wish = try wish()
        let way = try way()
        let client = UpstreamClient(way, nonces: .ofMachine)
        let patience = Task {
            try await Task.sleep(for: .seconds(1))
            Console.progress("asking \(way.router) …")
        }
        defer { patience.cancel() }
        guard !once else {
            let grant = try await Self.granted(wish, by: client)
            let end = grant.lifetime == 0 ? nil : Timestamp.now + Int64(grant.lifetime)
            return try show(wish, .held(grant, until: end), way)
        }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let keeper = UpstreamKeeper(client, hearing: way) { .now }
        await keeper.want([wish])
        try await keep(keeper, wish, way, until: signals) { patience.cancel() }
    }

    private static func granted(
        _ wish: UpstreamWish, by client: UpstreamClient
    ) async throws -> UpstreamGrant {
        do throws(UpstreamFailure) { return try await client.map(wish, held: nil) } catch {
            throw Failure("\(error.sentence); \(error.advice)")
        }
    }

    /// - Parameter answered: is called with the first answer.
    private func keep(
        _ keeper: UpstreamKeeper, _ wish: UpstreamWish, _ way: UpstreamWay,
        until signals: UnixSignalsSequence, answered: @escaping @Sendable () -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await keeper.run() }
            group.addTask { for await _ in signals { return } }
            group.addTask {
                var last: UpstreamGrant?
                for await states in keeper.states {
                    guard let state = states[wish.key] else { continue }
                    if state != .asking { answered() }
                    try tell(state, &last, wish, way)
                }
                // Cancelled, or it waits for that.
                try await Task.sleep(for: .seconds(1 << 30))
            }
            // The keeper does not end by itself: it is a signal, or a failure.
            do { _ = try await group.next() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
        try Self.say(await keeper.giveBack(), wish.key)
    }

    private static func say(_ returns: UpstreamReturns, _ key: UpstreamKey) throws {
        let name = "\(key.port)/\(key.transport.name)"
        if let failure = returns.failures[key] {
            throw Failure(
                "\(name) could not be given back, and stays open until its time is over: "
                    + "\(failure.sentence); \(failure.advice)")
        }
        Console.error(
            returns.returned.contains(key) ? "gave \(name) back" : "\(name) was not open")
    }

    private func tell(
        _ state: UpstreamState, _ last: inout UpstreamGrant?, _ wish: UpstreamWish,
        _ way: UpstreamWay
    ) throws {
        switch state {
        case .asking: return
        case .held(let grant, _):
            // A renewal is nothing new, in words.
            guard output.output == .json || grant.place != last?.place else { return }
            last = grant
            try show(wish, state, way)
        case .failed(let failure):
            let text = "\(failure.sentence); \(failure.advice)"
            // Once it was there it may come again.
            guard last != nil else { throw Failure(text) }
            Console.error("portcullis: \(text); trying again")
        }
    }

    private func show(
        _ wish: UpstreamWish, _ state: UpstreamState, _ way: UpstreamWay
    ) throws {
        let answer = Answer(router: "\(way.router)", port: Views.UpstreamPort(wish.key, state))
        try output.show(answer) {
            guard case .held(let grant, let until) = state else { return }
            let place = grant.address.map { "\($0)" } ?? "its address outside"
            print(
                """
                \(place) port \(grant.port)/\(grant.key.transport.name) leads to \(way.own) port \
                \(grant.key.port) (\(grant.dialect.title) at \(way.router), \
                \(until == nil ? "without an end" : "for \(Words.duration(Int64(grant.lifetime)))"))
                """)
        }
        Console.flush()
    }

    private struct Answer: Encodable {
        var router: String
        var port: Views.UpstreamPort
    }
}

extension RequestPort {
    private var routerAddress: IPv4Address? { router.flatMap { IPv4Address($0) } }

    private func wish() throws -> UpstreamWish {
        let parts = port.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt16(parts[0]), number != 0,
            let transport = TransportProtocol(named: parts[1])
        else { throw ValidationError("\(port) is no port, such as 8443/tcp or 51820/udp.") }
        guard to != 0, external != 0 else { throw ValidationError("0 is no port.") }
        guard let seconds = try? ForwardSpelling.duration(lifetime),
            (Int64(UpstreamWish.shortest)...Int64(UpstreamWish.longest)).contains(seconds)
        else { throw ValidationError("--lifetime \(lifetime) is not from 2m to 1d.") }
        return UpstreamWish(
            UpstreamKey(transport, to ?? number), externalPort: external ?? number,
            lifetime: UInt32(seconds), isExact: external != nil)
    }

    private func way() throws -> UpstreamWay {
        var socket = try NetlinkSocket(.route)
        let network = try MachineNetwork.read(through: &socket)
        guard let way = network.upstream(router: routerAddress) else {
            throw Failure(
                "\(UpstreamFailure.noRouter.sentence); \(UpstreamFailure.noRouter.advice) (--router)"
            )
        }
        return way
    }
}

extension UpstreamGrant {
    /// Where it is outside.
    fileprivate var place: String { "\(address.map { "\($0)" } ?? "") \(port) \(dialect.rawValue)" }
}

extension UpstreamNonces {
    /// By what the machine is known; drawn anew where it has no name.
    static var ofMachine: UpstreamNonces {
        let bytes = FileManager.default.contents(atPath: "/etc/machine-id")
        return bytes.flatMap { UpstreamNonces(machine: String(decoding: $0, as: UTF8.self)) }
            ?? UpstreamNonces(secret: .random(in: 0...(.max)), .random(in: 0...(.max)))
    }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
