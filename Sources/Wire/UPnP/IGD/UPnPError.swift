/// What a control point is told instead of a success.
///
/// From 700 on the same number says something else in each service.
package enum UPnPError: Error, Hashable, Sendable, CaseIterable {
    // Of every service.
    case invalidAction, invalidArguments, invalidVariable, actionFailed
    case argumentValueInvalid, argumentValueOutOfRange, optionalActionNotImplemented, outOfMemory
    case humanInterventionRequired, stringArgumentTooLong, actionNotAuthorized
    // WANIPConnection and WANPPPConnection.
    case inactiveConnectionStateRequired, connectionSetupFailed, connectionSetupInProgress
    case connectionNotConfigured, disconnectInProgress, invalidLayer2Address
    case internetAccessDisabled, invalidConnectionType, connectionAlreadyTerminated
    case specifiedArrayIndexInvalid, noSuchEntryInArray
    case wildCardNotPermittedInSourceAddress, wildCardNotPermittedInExternalPort
    case conflictInMappingEntry, samePortValuesRequired, onlyPermanentLeasesSupported
    case remoteHostOnlySupportsWildcard, externalPortOnlySupportsWildcard
    case noPortMapsAvailable, conflictWithOtherMechanisms, portMappingNotFound, readOnly
    case wildCardNotPermittedInInternalPort, inconsistentParameters
    // WANCommonInterfaceConfig has 713 in common with them.
    // Layer3Forwarding.
    case invalidDeviceUUID, invalidServiceID, invalidConnectionServiceSelection
    // WANIPv6FirewallControl.
    case pinholeSpaceExhausted, firewallDisabled, inboundPinholeNotAllowed, noSuchEntry
    case protocolNotSupported, internalPortWildcardingNotAllowed, protocolWildcardingNotAllowed
    case wildCardNotPermittedInPinholeSource, noTrafficReceived

    package var code: UInt16 { entry.code }
    package var description: String { entry.description }

    /// What a number means when a service says it.
    package init?(code: UInt16, from service: IGDService) {
        guard let error = Self.allCases.first(where: { $0.code == code && $0.isSaid(by: service) })
        else { return nil }
        self = error
    }

    package func isSaid(by service: IGDService) -> Bool {
        switch service {
        case _ where code < 700: true
        case .wanIPConnection, .wanPPPConnection: isOfConnection
        case .wanCommonInterfaceConfig: self == .specifiedArrayIndexInvalid
        case .layer3Forwarding: isOfLayer3
        case .wanIPv6FirewallControl: isOfFirewall
        }
    }

    private var isOfLayer3: Bool {
        [.invalidDeviceUUID, .invalidServiceID, .invalidConnectionServiceSelection].contains(self)
    }

    private var isOfFirewall: Bool {
        switch self {
        case .pinholeSpaceExhausted, .firewallDisabled, .inboundPinholeNotAllowed, .noSuchEntry,
            .protocolNotSupported, .internalPortWildcardingNotAllowed,
            .protocolWildcardingNotAllowed, .wildCardNotPermittedInPinholeSource,
            .noTrafficReceived:
            true
        default: false
        }
    }

    private var isOfConnection: Bool { code >= 700 && !isOfLayer3 && !isOfFirewall }
}
