import Addressing
import Forwarding
import LinuxKit
import Wire

/// Pinholes in the firewall of IPv6.
extension IGDControl {
    func addPinhole(
        _ flow: PinholeFlow, _ lease: UInt32, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        try await checkGuarded()
        guard caller.host == .v6(flow.internalClient) else { throw .actionNotAuthorized }
        guard let port = PortRange(flow.internalPort) else { throw .invalidArguments }
        let request = LeaseRequest(
            caller.asker, flow.transport, ports: port, lifetime: lease,
            filters: await filters(for: flow, caller), isPinhole: true,
            seed: UInt64.random(in: 0...(.max)))
        switch await ask(.grant(request)) {
        case .granted(let lease):
            // What another protocol has opened already has no number here.
            guard let number = lease.forward.lease?.pinhole else { throw .actionFailed }
            return .uniqueID(number)
        case .released: throw .actionFailed
        case .refused(let denial): throw denial.pinholeError
        }
    }

    /// One port has one pinhole: who is let in by it becomes more, and never less.
    private func filters(for flow: PinholeFlow, _ caller: UPnPCaller) async -> FilterChange {
        guard flow.remoteHost != nil || flow.remotePort != 0 else { return .replace([]) }
        let existing = await shelf.book().pinhole(
            at: flow.internalPort, of: caller.host, flow.transport)
        if existing?.sources.isAnywhere == true { return .add([]) }
        let prefix = flow.remoteHost.map { Prefix(.v6($0)) }
        return .add([RemotePeer(prefix ?? Self.anywhere, port: flow.remotePort)])
    }

    private static let anywhere = Prefix(containing: .v6(.any), length: 0)

    func updatePinhole(
        _ id: UInt16, _ lease: UInt32, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        try await checkGuarded()
        let wish = LeaseExtension(caller.asker, pinhole: id, lifetime: lease)
        return try confirmed(await ask(.extend(wish)))
    }

    func deletePinhole(
        _ id: UInt16, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        try await checkGuarded()
        return try confirmed(await ask(.release(LeaseRelease(caller.asker, .pinhole(id)))))
    }

    private func confirmed(_ answer: LeaseAnswer) throws(UPnPError) -> IGDOutputs {
        guard case .refused(let denial) = answer else { return .none }
        throw denial.pinholeError
    }

    func pinhole(_ id: UInt16, _ caller: UPnPCaller) async throws(UPnPError) -> Forward {
        try await checkGuarded()
        guard let found = await shelf.book().pinhole(id) else { throw .noSuchEntry }
        guard found.lease?.device == caller.host else { throw .actionNotAuthorized }
        return found
    }

    func checkPinhole(
        _ id: UInt16, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        let forward = try await pinhole(id, caller)
        guard await desk.packets(of: forward.id) > 0 else { throw .noTrafficReceived }
        return .isWorking(true)
    }

    /// How long the kernel remembers a flow that nobody speaks in.
    func outboundTimeout(
        _ flow: PinholeFlow, _ caller: UPnPCaller
    ) throws(UPnPError) -> IGDOutputs {
        guard caller.host == .v6(flow.internalClient) else { throw .actionNotAuthorized }
        let (name, preset): (String, UInt32) =
            flow.transport == .tcp
            ? ("tcp_timeout_established", 432_000) : ("udp_timeout_stream", 120)
        let text = try? KernelSetting("net/netfilter/nf_conntrack_\(name)").read()
        return .outboundTimeout(text.flatMap { UInt32($0) } ?? preset)
    }

    private func checkGuarded() async throws(UPnPError) {
        guard await desk.standing().guarded else { throw .firewallDisabled }
    }
}
