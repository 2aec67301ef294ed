import ControlAPI
import Forwarding
import Gateway
import Logging
import ServiceLifecycle

/// Serves the API at one address, as soon as the address is there, and while the outside does not reach it.
struct ListenerService: Service {
    let gateway: Gateway
    let control: ControlServer
    let place: ListenerFacts.Place
    let identity: TLSIdentity
    /// Whether it is served whoever reaches it.
    let isForced: Bool
    let log: Logger
    let quiet: Logger

    /// An interface comes up late, another daemon goes away: neither may end the gateway.
    private static let pause = Duration.seconds(2)

    func run() async throws {
        var last: String?
        while !Task.isShuttingDownGracefully {
            guard let obstacle = await serve(), !Task.isShuttingDownGracefully else { return }
            if obstacle != last {
                log.error("the API cannot be served at \(place) yet: \(obstacle)")
            }
            last = obstacle
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.pause) }
        }
    }

    /// - Returns: what stands in the way; nil when it has ended in order.
    private func serve() async -> String? {
        guard await !isExposed() else { return Self.reached }
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do { try await listen() } catch is CancellationError {} catch { return "\(error)" }
                return nil
            }
            group.addTask {
                // An address may come later than its listener, or go to another interface.
                while await !isExposed() {
                    guard (try? await Task.sleep(for: Self.pause)) != nil else { return nil }
                }
                return Self.reached
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private static let reached =
        "it would be reachable from outside; use another address, or wan = \"force\" under [api]"

    private func isExposed() async -> Bool {
        guard !isForced else { return false }
        let network = await gateway.situation().surroundings.network
        return APISettings.isExposed(place.endpoint, in: network)
    }

    private func listen() async throws {
        let (log, place) = (log, place)
        let server = try control.application(at: place, as: identity, log: quiet) {
            log.notice("the API is at https://\(place)/")
        }
        try await server.run()
    }
}
