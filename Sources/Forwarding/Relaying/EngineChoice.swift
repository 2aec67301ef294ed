/// Which engine carries a forward, and why not the other one.
package enum EngineChoice: Hashable, Sendable {
    case kernel
    case relay(RelayReason)
    /// Neither can: the daemon may use one engine only, and that one cannot.
    case neither(RelayReason)

    /// Decides by what the forward asks and what there is.
    ///
    /// - Parameters:
    ///   - reason: why the kernel cannot carry the forward; nil when it can.
    ///   - isOnlyForKernel: whether the forward is a thing of NAT: whole addresses, exceptions, SCTP.
    package init(
        reason: RelayReason?, isOnlyForKernel: Bool, among engines: AvailableEngines
    ) {
        switch (engines, reason) {
        case (.both, nil), (.kernel, nil): self = .kernel
        case (.both, .some(let reason)): self = .relay(reason)
        case (.kernel, .some(let reason)): self = .neither(reason)
        case (.relay(let why), nil): self = isOnlyForKernel ? .neither(why) : .relay(why)
        case (.relay, .some(let reason)): self = .relay(reason)
        }
    }
}

extension EngineChoice {
    package var isRelay: Bool {
        guard case .relay = self else { return false }
        return true
    }
}

/// The engines that a daemon works with.
package enum AvailableEngines: Hashable, Sendable {
    case both
    case kernel
    /// Only the relay, for this reason.
    case relay(RelayReason)

    package var hasKernel: Bool {
        guard case .relay = self else { return true }
        return false
    }
}

/// Why a forward cannot go, or does not go, through the kernel.
package enum RelayReason: Hashable, Sendable {
    /// The daemon was told to use the relay for everything.
    case daemonIsTold
    /// The process may not change the kernel's tables.
    case notPermitted
    /// The kernel lacks what NAT needs.
    case kernelLacks
    /// The forward's own wish.
    case forwardIsTold
    case loopbackTarget
    case unixTarget
    /// It is asked at an address of loopback.
    case loopbackAddress
    /// It is asked at every address of the machine, whichever those are.
    case everyAddress
    case proxyProtocol
    case trustedProxies
    case severalTargets
    case healthCheck
    case serverNames
    case transparent
    case familiesCross
    case flowBandwidth
    case timeouts
}
