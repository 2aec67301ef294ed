import Addressing
import Forwarding
import Wire

/// The connection to the internet and its link.
extension IGDControl {
    /// The way control points name it (Layer3Forwarding:1 section 2.2).
    var defaultConnection: String {
        "uuid:\(identity.uuids.connection):WANConnectionDevice:1,"
            + IGDService.wanIPConnection.id
    }

    /// There is nothing to choose.
    func setDefault(_ service: String) throws(UPnPError) -> IGDOutputs {
        if service == defaultConnection { return .none }
        let parts = service.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .invalidArguments }
        guard parts[0].hasPrefix("uuid:\(identity.uuids.connection)") else {
            throw .invalidDeviceUUID
        }
        guard parts[1] == IGDService.wanIPConnection.id else { throw .invalidServiceID }
        return .none
    }

    /// It is there already, or no device can make it.
    func requestConnection() async throws(UPnPError) -> IGDOutputs {
        guard await desk.standing().isConnected else { throw .connectionNotConfigured }
        return .none
    }

    func statusInfo() async -> IGDOutputs {
        let standing = await desk.standing()
        return .status(
            standing.connectionStatus, standing.isConnected ? .none : .noCarrier,
            uptime: standing.uptime)
    }

    func linkProperties() async -> IGDLinkProperties {
        let found = await wanReading()
        // Tunnels and PPP have no speed; a client shows 0 as "no connection".
        let speed = found?.speed ?? 1_000_000_000
        return IGDLinkProperties(
            .ethernet, upstream: speed, downstream: speed, link: Self.link(found))
    }

    func total(_ counter: IGDCounter) async -> UInt64 {
        guard let found = await wanReading() else { return 0 }
        switch counter {
        case .bytesSent: return found.bytesSent
        case .bytesReceived: return found.bytesReceived
        case .packetsSent: return found.packetsSent
        case .packetsReceived: return found.packetsReceived
        }
    }

    private func wanReading() async -> LinkReading? {
        guard let wan = await desk.standing().wan else { return nil }
        return await reading(wan)
    }

    private static func link(_ reading: LinkReading?) -> IGDLinkProperties.Link {
        guard let reading else { return .unavailable }
        return reading.hasSignal ? .up : .down
    }

    func linkStatus() async -> String { Self.link(await wanReading()).rawValue }
}

extension ExternalStanding {
    /// A private address counts: routers beyond may lead to it.
    var isConnected: Bool { v4 != nil || v6 != nil }

    var connectionStatus: UPnPConnectionStatus { isConnected ? .connected : .disconnected }

    /// Seconds.
    var uptime: UInt32 { isConnected ? UInt32(clamping: now.seconds - connected.seconds) : 0 }
}
