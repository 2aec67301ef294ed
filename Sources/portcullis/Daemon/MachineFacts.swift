import Addressing
import Forwarding
import FoundationEssentials
import Gateway
import LinuxKit
import Logging
import Netlink
import Relay

/// The machine as the gateway asks about it.
struct MachineFacts: Facts {
    let log: Logger
    /// Where our own relay listens: nobody else's, and no obstacle.
    let relay: HeldPlaces?

    func now() -> Timestamp {
        Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    }

    func resolve(_ name: HostName) async -> ResolvedName? {
        let answer: NameResolution? = await withCheckedContinuation { continuation in
            do {
                try KernelThread.start {
                    continuation.resume(returning: NameResolution.resolve(name))
                }
            } catch { continuation.resume(returning: nil) }
        }
        guard let answer else { return nil }
        // The lowest of each family: name servers turn the order round with every answer, and a
        // target must not move for that.
        let target = ResolvedTarget(
            v4: answer.addresses.compactMap(\.v4).min(), v6: answer.addresses.compactMap(\.v6).min()
        )
        return ResolvedName(
            target: target, seconds: Int64(answer.timeToLive), unanswered: answer.unanswered)
    }

    func zone(_ name: TimeZoneName?) -> TimeZoneRules? {
        guard let own = name ?? TimeZoneName("Local"), let bytes = ZoneFile.read(name?.text) else {
            return nil
        }
        return TimeZoneRules(file: bytes, name: own)
    }

    func listeners(on ports: [ClaimedPorts]) -> [Listener] {
        guard !ports.isEmpty else { return [] }
        do throws(KernelError) {
            let claims = PortClaims(ports)
            return try LocalListeners.read().compactMap { socket in
                guard claims.contains(socket.port, socket.transport), !claims.passesOver(socket)
                else { return nil }
                guard let listener = Listener(socket),
                    !(relay?.contains(socket.transport, socket.address, socket.port) ?? false)
                else { return nil }
                return listener
            }
        } catch {
            log.warning("local listeners could not be read: \(error)")
            return []
        }
    }

    func listeners() -> [Listener] {
        do throws(KernelError) {
            return try LocalListeners.read().compactMap { socket in
                guard !PortClaims.isOfClient(socket),
                    !(relay?.contains(socket.transport, socket.address, socket.port) ?? false)
                else { return nil }
                return Listener(socket, isNamed: false)
            }
        } catch {
            log.warning("local listeners could not be read: \(error)")
            return []
        }
    }

    func hardwareAddress(of address: IPAddress, on interface: InterfaceName) -> MACAddress? {
        do throws(KernelError) {
            return try NeighbourLookup.hardwareAddress(of: address, on: interface)
        } catch {
            log.warning("the hardware address of \(address) could not be looked up: \(error)")
            return nil
        }
    }

    func externalPort(
        of device: Endpoint, towards peer: Endpoint, _ transport: TransportProtocol
    ) -> UInt16? {
        // Without the right to look there is no such flow.
        try? TranslatedEndpoint.of(transport, from: device, to: peer)?.port
    }

    /// Which ports are asked about, so that thousands of forwards cost one pass over the sockets.
    private struct PortClaims {
        private var ports: [TransportProtocol: Set<UInt16>] = [:]

        init(_ claims: [ClaimedPorts]) {
            for claim in claims {
                for transport in claim.transports.all {
                    ports[transport, default: []].formUnion(claim.ports.ports)
                }
            }
        }

        /// Sockets of clients (a resolver that waits for its answer) sit on ports that the kernel gave
        /// them, come and go, and must not stand in the way of a wide range.
        func passesOver(_ socket: ListeningSocket) -> Bool {
            Self.isOfClient(socket) && ports[.udp].map { $0.count > 1 } ?? false
        }

        static func isOfClient(_ socket: ListeningSocket) -> Bool {
            socket.transport == .udp && givenByKernel.contains(socket.port)
        }

        private static let givenByKernel: ClosedRange<UInt16> = {
            let text = (try? KernelSetting("net/ipv4/ip_local_port_range").read()) ?? ""
            let bounds = text.split { $0 == "\t" || $0 == " " }.compactMap { UInt16($0) }
            return bounds.count == 2 && bounds[0] <= bounds[1]
                ? bounds[0]...bounds[1] : 32768...60999
        }()

        func contains(_ port: UInt16, _ transport: TransportProtocol) -> Bool {
            ports[transport]?.contains(port) ?? false
        }
    }
}

extension Listener {
    fileprivate init?(_ socket: ListeningSocket, isNamed: Bool = true) {
        let isWildcard = socket.address == .v4(.any) || socket.address == .v6(.any)
        // One that is bound to loopback hears nothing of the outside.
        let isLoopback =
            socket.address.v4?.isLoopback ?? false || socket.address.v6?.isLoopback ?? false
        guard !isLoopback else { return nil }
        self.init(
            transport: socket.transport, address: isWildcard ? nil : socket.address,
            port: socket.port, onlyV6: socket.isV6Only && socket.family == .v6,
            program: isNamed ? LocalListeners.program(holding: socket.inode) : nil)
    }
}
