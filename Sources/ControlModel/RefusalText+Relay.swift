import Addressing
import Forwarding

extension Refusal {
    static func text(_ problem: RelayProblem) -> String {
        switch problem {
        case .socketPath: "is no path of a Unix socket"
        case .check: "is no rhythm of checks"
        case .wait(let most): "is no time from 1s to \(ForwardSpelling.waitText(UInt32(most)))"
        case .route: "does not say which name leads to which target"
        case .namePattern: "is no server name"
        case .unixShape: "is a Unix socket, which takes one port of TCP and nothing else"
        case .routesShape: "can only be told apart at one port of TCP"
        case .sameRoute: "is listed twice"
        case .notCarried(let transport):
            "is about \(transport.name), which the forward does not carry"
        case .dialect(let transport):
            "does not say how targets are told of the clients of \(transport.name)"
        case .needs(let other): "says nothing without \"\(other.rawValue)\""
        case .transparentHere:
            "cannot be kept: a target on this machine would answer the client past the relay"
        case .onlyKernel(let transports):
            "asks for the relay, which does not carry \"\(transports)\""
        case .unavailable(let reason): unavailable(reason)
        }
    }

    private static func unavailable(_ reason: RelayReason) -> String {
        switch reason {
        case .daemonIsTold, .notPermitted, .kernelLacks:
            "needs the kernel, which is not at work here: \(reason.sentence)"
        default: "needs the relay, which is not at work here: \(reason.sentence)"
        }
    }

    static func advice(_ problem: RelayProblem) -> String {
        switch problem {
        case .socketPath:
            "write unix:/run/app.sock: an absolute path of at most \(SocketPath.limit) bytes"
        case .check: "write 2s, or 2s fall 3 rise 2: at most every hour, and 1 to 100 tries"
        case .wait: "write 10s, 5m or \"\(ForwardSpelling.standard)\""
        case .route: "write www.example.com=192.168.7.10:443"
        case .namePattern: "write www.example.com, or *.example.com for all names below it"
        case .unixShape: "write one port, such as 443/tcp"
        case .routesShape: "write one port, such as 443/tcp, and another forward for UDP"
        case .sameRoute: "list it once"
        case .notCarried: "leave it out, or forward that protocol, too"
        case .dialect(.udp):
            "say which dialect: \(choices(DatagramProxy.self)) (--proxy-udp), or make two forwards"
        case .dialect: "say which version: \(choices(StreamProxy.self)) (--proxy)"
        case .needs(let other): "add \"\(other.rawValue)\", or leave it out"
        case .transparentHere: "tell the target of the client with proxy = \"v2\" instead"
        case .onlyKernel: "leave it out, or forward tcp or udp"
        case .unavailable(.daemonIsTold), .unavailable(.notPermitted), .unavailable(.kernelLacks):
            "forward tcp or udp to a target that the relay reaches"
        case .unavailable: "run the gateway with both engines, or leave the term out"
        }
    }

    private static func choices<Value: RawRepresentable & CaseIterable>(
        _ type: Value.Type
    ) -> String where Value.RawValue == String {
        Value.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

// What a relay may not do on this machine.
extension Refusal {
    static func text(_ refusal: RelayRefusal) -> String {
        switch refusal {
        case .place(_, .privileged):
            "may not be opened by this process, which has not the right to ports that low"
                + " (CAP_NET_BIND_SERVICE); nothing was changed"
        case .place(_, .taken): "is held by another program; nothing was changed"
        case .place(_, .notOwn): "is at an address that this machine has not; nothing was changed"
        case .place(_, .noDescriptors):
            "cannot be opened: as many descriptors are in use as may be; nothing was changed"
        case .transparent:
            "needs CAP_NET_ADMIN, which this process has not; nothing was changed"
        }
    }

    static func advice(_ refusal: RelayRefusal) -> String {
        switch refusal {
        case .place(_, .privileged):
            "use a port from 1024 on, or give it the right: setcap cap_net_bind_service=ep"
                + " PROGRAM, or AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit"
        case .place(_, .taken): "use another port, or move that program (ss -lntup shows it)"
        case .place(_, .notOwn): "use an address that \"ip address\" shows, or 0.0.0.0 for all"
        case .place(_, .noDescriptors): "raise LimitNOFILE= in its unit"
        case .transparent:
            "tell the target of the client with proxy = \"v2\", or give it the right:"
                + " AmbientCapabilities=CAP_NET_ADMIN in its unit"
        }
    }
}
