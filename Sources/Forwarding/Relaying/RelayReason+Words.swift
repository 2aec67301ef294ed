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
        case .loopbackAddress: "it is asked on loopback, where traffic never meets the kernel's NAT"
        case .everyAddress: "it is asked at every address of this machine, whichever those are"
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
