import Addressing
import Forwarding
import LinuxKit
import Wire

/// Speaks with the service of a router that maps ports by UPnP.
struct UPnPAsking: Sendable {
    let way: UpstreamWay
    let service: RouterDescription.Service

    /// Reads the router's description and takes the service that has an external address; nil when it
    /// has none that maps ports.
    static func open(_ location: LocalURL, _ way: UpstreamWay) async -> UPnPAsking? {
        guard let bytes = try? await LocalFetch(own: way.own).get(location),
            let description = try? RouterDescription(parsing: bytes, from: location)
        else { return nil }
        let services = description.connections.prefix(Self.mostServices)
        for service in services {
            let asking = UPnPAsking(way: way, service: service)
            let address = try? await asking.externalAddress()
            if address != nil { return asking }
        }
        return services.first.map { UPnPAsking(way: way, service: $0) }
    }

    /// Routers have one, some another for each connection that could be.
    private static let mostServices = 4
    /// How many other ports are tried where one is taken and the router cannot choose itself.
    private static let mostOtherPorts = 4

    func externalAddress() async throws(UpstreamFailure) -> IPv4Address? {
        let reply = try await ask(.externalAddress(service.type))
        do throws(SOAPReplyError) { return try reply.externalAddress() } catch {
            throw Self.failure(error)
        }
    }

    func map(
        _ wish: UpstreamWish, held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        guard wish.key.transport != .sctp else {
            throw .refused(UpstreamRefusal(.upnp, code: 600, .unsupported))
        }
        let address = try await externalAddress()
        let first = held?.port ?? (wish.externalPort == 0 ? wish.key.port : wish.externalPort)
        let (port, lease) = try await add(wish, at: first)
        return UpstreamGrant(
            wish.key, by: .upnp, address: address, port: port, lifetime: lease)
    }

    func delete(_ grant: UpstreamGrant) async throws(UpstreamFailure) {
        let key = PortMappingKey(externalPort: grant.port, transport: grant.key.transport)
        let reply = try await ask(.delete(key, service.type))
        do throws(SOAPReplyError) { try reply.confirm() } catch {
            // 714: it is gone already.
            if case .refused(let fault) = error, fault.code == 714 { return }
            throw Self.failure(error)
        }
    }

    private func add(
        _ wish: UpstreamWish, at first: UInt16
    ) async throws(UpstreamFailure) -> (port: UInt16, lease: UInt32) {
        var (port, lease, taken) = (first, wish.lifetime, 0)
        while true {
            do throws(UpstreamFailure) {
                try await addOnce(wish, at: port, lease)
                return (port, lease)
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                if refusal.code == 725, lease != 0 {
                    // OnlyPermanentLeasesSupported.
                    lease = 0
                    continue
                }
                taken += 1
                guard refusal.reason == .portTaken, !wish.isExact, taken <= Self.mostOtherPorts
                else { throw error }
                if service.type.version >= 2, let chosen = try await addAny(wish, lease) {
                    return (chosen, lease)
                }
                port = .random(in: 20_000...60_000)
            }
        }
    }

    private func addOnce(
        _ wish: UpstreamWish, at port: UInt16, _ lease: UInt32
    ) async throws(UpstreamFailure) {
        let reply = try await ask(.add(entry(wish, at: port, lease), service.type))
        do throws(SOAPReplyError) { try reply.confirm() } catch { throw Self.failure(error) }
    }

    /// Nil when the router has no such action, or will not.
    private func addAny(
        _ wish: UpstreamWish, _ lease: UInt32
    ) async throws(UpstreamFailure) -> UInt16? {
        let entry = entry(wish, at: wish.externalPort, lease)
        let port = try? await ask(.addAny(entry, service.type)).reservedPort()
        return port == 0 ? nil : port
    }

    private func entry(
        _ wish: UpstreamWish, at port: UInt16, _ lease: UInt32
    ) -> PortMappingEntry {
        PortMappingEntry(
            PortMappingKey(externalPort: port, transport: wish.key.transport), to: way.own,
            wish.key.port, description: "portcullis", lease: lease)
    }

    private func ask(_ question: SOAPQuestion) async throws(UpstreamFailure) -> SOAPReply {
        let body: [UInt8]
        do throws(LocalFetch.Failure) {
            body = try await LocalFetch(own: way.own).call(question, at: service.control)
        } catch { throw .unusable(.upnp) }
        do throws(SOAPReplyError) { return try SOAPReply(body, to: question) } catch {
            throw Self.failure(error)
        }
    }

    static func failure(_ error: SOAPReplyError) -> UpstreamFailure {
        guard case .refused(let fault) = error else { return .unusable(.upnp) }
        return .refused(UpstreamRefusal(.upnp, code: fault.code, reason(fault)))
    }

    private static func reason(_ fault: SOAPFault) -> UpstreamRefusal.Reason {
        switch fault.meaning {
        case .actionNotAuthorized, .humanInterventionRequired: .notAuthorized
        case .conflictInMappingEntry, .conflictWithOtherMechanisms: .portTaken
        case .noPortMapsAvailable, .outOfMemory: .noResources
        case .connectionNotConfigured, .internetAccessDisabled, .inactiveConnectionStateRequired:
            .noExternalAddress
        case .samePortValuesRequired, .invalidAction, .optionalActionNotImplemented: .unsupported
        default: .other
        }
    }
}
