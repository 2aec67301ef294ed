package import Forwarding

extension RelayReason {
    /// Why it is the relay, in a sentence without its full stop.
    package var sentence: String {
        switch self {
        case .daemonIsTold: "this gateway was told to use no other engine"
        case .notPermitted: "this process may not change the kernel's tables"
        case .kernelLacks: "this kernel lacks what translating addresses needs"
        case .forwardIsTold: "the forward says so"
        case .loopbackTarget:
            "a target listens on loopback, where the kernel cannot send traffic from outside"
        case .unixTarget: "a target is a Unix socket, which has no address"
        case .proxyProtocol: "targets are told of the client by the PROXY protocol"
        case .trustedProxies: "trusted proxies say who the client is"
        case .severalTargets: "it has several targets"
        case .healthCheck: "its targets are checked"
        case .serverNames: "the target depends on the name that the client asks for"
        case .transparent: "the client's address is shown by transparent proxying"
        case .familiesCross: "clients and targets may be of different address families"
        case .flowBandwidth: "each flow has a bandwidth of its own"
        case .timeouts: "it has time-outs of its own"
        }
    }
}

extension EngineChoice {
    /// `kernel`, `relay` or `none`.
    package var name: String {
        switch self {
        case .kernel: "kernel"
        case .relay: "relay"
        case .neither: "none"
        }
    }

    /// Nil for the kernel, which needs no reason.
    package var reason: String? {
        switch self {
        case .kernel: nil
        case .relay(let reason), .neither(let reason): reason.sentence
        }
    }
}
