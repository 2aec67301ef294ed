import Addressing
import Forwarding
import Wire

/// Who calls, and over which network.
struct UPnPCaller: Hashable, Sendable {
    var source: Endpoint
    var lan: LAN

    var asker: LeaseAsker { LeaseAsker(.upnp, from: source, on: lan.interface) }
    var host: IPAddress { source.address }
}

/// What the actions of the services do.
///
/// Theory of operation. Everything that devices want of mappings is a question for the desk, which
/// decides; what is told of them comes from there. The rules of UPnP alone are here: a control point
/// maps for itself, each version of a service has errors of its own, and a lease without an end is one
/// of a week.
struct IGDControl: Sendable {
    let desk: any LeaseDesk
    let settings: MappingSettings
    let identity: IGDIdentity
    let shelf: MappingShelf
    /// How often each host may change mappings.
    let changes: RequestGate
    let reading: LinkReader

    /// Answers what was posted to the control URL of a service.
    func answer(_ request: SOAPRequest, from caller: UPnPCaller) async -> SOAPAnswer {
        do throws(UPnPError) {
            switch request {
            case .query(let variable):
                guard let value = await value(of: variable, for: caller.host) else {
                    throw .invalidVariable
                }
                return .variable(value)
            case .call(let call):
                let request = try IGDRequest(call)
                let outputs = try await perform(request, call.type.version, caller)
                return .success(call, outputs: outputs)
            }
        } catch { return .fault(error) }
    }

    private func perform(
        _ request: IGDRequest, _ version: UInt8, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        switch request {
        case .setDefaultConnectionService(let service): try setDefault(service)
        case .getDefaultConnectionService: .defaultConnectionService(defaultConnection)
        case .getCommonLinkProperties: .linkProperties(await linkProperties())
        case .getTotal(let counter): .total(await total(counter))
        case .setConnectionType: throw .readOnly
        case .getConnectionTypeInfo: .connectionTypeInfo
        case .requestConnection: try await requestConnection()
        case .forceTermination: throw .actionNotAuthorized
        case .getStatusInfo: await statusInfo()
        case .getNATRSIPStatus: .natStatus
        case .getExternalIPAddress: .externalAddress(await desk.standing().v4)
        default: try await performOnMappings(request, version, caller)
        }
    }

    private func performOnMappings(
        _ request: IGDRequest, _ version: UInt8, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        switch request {
        case .getGenericPortMappingEntry(let index):
            try await genericEntry(Int(index), caller)
        case .getSpecificPortMappingEntry(let key): try await specificEntry(key, caller)
        case .addPortMapping(let mapping): try await add(mapping, version, caller)
        case .addAnyPortMapping(let mapping): try await addAny(mapping, version, caller)
        case .deletePortMapping(let key): try await delete(key, version, caller)
        case .deletePortMappingRange(let range): try await delete(range, caller)
        case .getListOfPortMappings(let range, let most):
            try await list(range, Int(most), caller)
        default: try await performOnPinholes(request, caller)
        }
    }

    private func performOnPinholes(
        _ request: IGDRequest, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        switch request {
        case .getFirewallStatus:
            .firewallStatus(isEnabled: await desk.standing().guarded, arePinholesAllowed: true)
        case .getOutboundPinholeTimeout(let flow): try outboundTimeout(flow, caller)
        case .addPinhole(let flow, let lease): try await addPinhole(flow, lease, caller)
        case .updatePinhole(let id, let lease): try await updatePinhole(id, lease, caller)
        case .deletePinhole(let id): try await deletePinhole(id, caller)
        case .getPinholePackets(let id):
            .packets(await desk.packets(of: try await pinhole(id, caller).id))
        case .checkPinholeWorking(let id): try await checkPinhole(id, caller)
        default: throw .invalidAction
        }
    }

    /// Who changes mappings too often is told to come back later.
    func admit(_ caller: UPnPCaller) throws(UPnPError) {
        guard changes.admits(caller.host, at: .now) else { throw .actionFailed }
    }

    /// Asks the desk one thing; what came of it is in the next book.
    func ask(_ ask: LeaseAsk) async -> LeaseAnswer {
        let answer = await desk.answer([ask]).first ?? .refused(.failed)
        if case .refused = answer { return answer }
        shelf.discard()
        return answer
    }

    /// Who sees only its own mappings; nil for who sees all.
    func viewer(_ host: IPAddress) -> IPAddress? { settings.listsAll ? nil : host }
}
