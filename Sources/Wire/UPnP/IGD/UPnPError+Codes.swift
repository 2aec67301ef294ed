extension UPnPError {
    /// The numbers and the texts of the specifications.
    var entry: (code: UInt16, description: String) {
        switch self {
        case .invalidAction: (401, "Invalid Action")
        case .invalidArguments: (402, "Invalid Args")
        case .invalidVariable: (404, "Invalid Var")
        case .actionFailed: (501, "Action Failed")
        case .argumentValueInvalid: (600, "Argument Value Invalid")
        case .argumentValueOutOfRange: (601, "Argument Value Out of Range")
        case .optionalActionNotImplemented: (602, "Optional Action Not Implemented")
        case .outOfMemory: (603, "Out of Memory")
        case .humanInterventionRequired: (604, "Human Intervention Required")
        case .stringArgumentTooLong: (605, "String Argument Too Long")
        case .actionNotAuthorized: (606, "Action not authorized")
        default: serviceEntry
        }
    }

    private var serviceEntry: (code: UInt16, description: String) {
        switch self {
        case .invalidDeviceUUID: (720, "InvalidDeviceUUID")
        case .invalidServiceID: (721, "InvalidServiceID")
        case .invalidConnectionServiceSelection: (723, "InvalidConnServiceSelection")
        case .pinholeSpaceExhausted: (701, "PinholeSpaceExhausted")
        case .firewallDisabled: (702, "FirewallDisabled")
        case .inboundPinholeNotAllowed: (703, "InboundPinholeNotAllowed")
        case .noSuchEntry: (704, "NoSuchEntry")
        case .protocolNotSupported: (705, "ProtocolNotSupported")
        case .internalPortWildcardingNotAllowed: (706, "InternalPortWildcardingNotAllowed")
        case .protocolWildcardingNotAllowed: (707, "ProtocolWildcardingNotAllowed")
        case .wildCardNotPermittedInPinholeSource: (708, "WildCardNotPermittedInSrcIP")
        case .noTrafficReceived: (709, "NoTrafficReceived")
        default: connectionEntry
        }
    }

    private var connectionEntry: (code: UInt16, description: String) {
        switch self {
        case .inactiveConnectionStateRequired: (703, "InactiveConnectionStateRequired")
        case .connectionSetupFailed: (704, "ConnectionSetupFailed")
        case .connectionSetupInProgress: (705, "ConnectionSetupInProgress")
        case .connectionNotConfigured: (706, "ConnectionNotConfigured")
        case .disconnectInProgress: (707, "DisconnectInProgress")
        case .invalidLayer2Address: (708, "InvalidLayer2Address")
        case .internetAccessDisabled: (709, "InternetAccessDisabled")
        case .invalidConnectionType: (710, "InvalidConnectionType")
        case .connectionAlreadyTerminated: (711, "ConnectionAlreadyTerminated")
        case .specifiedArrayIndexInvalid: (713, "SpecifiedArrayIndexInvalid")
        case .noSuchEntryInArray: (714, "NoSuchEntryInArray")
        case .wildCardNotPermittedInSourceAddress: (715, "WildCardNotPermittedInSrcIP")
        case .wildCardNotPermittedInExternalPort: (716, "WildCardNotPermittedInExtPort")
        case .conflictInMappingEntry: (718, "ConflictInMappingEntry")
        case .samePortValuesRequired: (724, "SamePortValuesRequired")
        case .onlyPermanentLeasesSupported: (725, "OnlyPermanentLeasesSupported")
        case .remoteHostOnlySupportsWildcard: (726, "RemoteHostOnlySupportsWildcard")
        case .externalPortOnlySupportsWildcard: (727, "ExternalPortOnlySupportsWildcard")
        case .noPortMapsAvailable: (728, "NoPortMapsAvailable")
        case .conflictWithOtherMechanisms: (729, "ConflictWithOtherMechanisms")
        case .portMappingNotFound: (730, "PortMappingNotFound")
        case .readOnly: (731, "ReadOnly")
        case .wildCardNotPermittedInInternalPort: (732, "WildCardNotPermittedInIntPort")
        default: (733, "InconsistentParameters")
        }
    }
}
