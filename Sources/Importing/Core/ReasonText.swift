import Addressing
import Forwarding

extension Reason: CustomStringConvertible {
    /// One sentence without a full stop: what keeps the line from being a forward, and what to do.
    package var description: String {
        termsText ?? besideText ?? checkText
    }

    private var termsText: String? {
        switch self {
        case .unreadable: "is not in the form that such a file has; look at it by hand"
        case .everyPort:
            "sends every port to one device; write a forward for each port that is needed"
        case .transport(let text):
            "is about \(text), and forwards carry tcp, udp and sctp; leave it where it is"
        case .portName(let text): "names the port \"\(text)\"; write its number"
        case .unequalRanges(let external, let target):
            "sends ports \(external) to \(target); a forward gives each port its own counterpart, "
                + "so write ranges of the same width"
        case .shiftTooWide(let ports):
            "moves \(ports.count) ports, and 1024 is the limit; split it, or keep the ports"
        case .unfitTarget(let host): "leads to \(host), to which nothing can be forwarded"
        case .redirect:
            "leads to the gateway itself; let the program listen on the external port"
        case .noTarget: "names no server to lead to"
        case .severalTargets:
            "spreads over several targets in a way that a forward does not; list them with \"also\""
        case .target(let text): "leads to \"\(text)\", which is no address and no host name"
        case .familyMismatch:
            "is asked over one IP version and leads to the other; see \"cross_families\""
        case .loopback: "is asked at the loopback address only; nothing comes there from outside"
        case .taken(let line):
            "is for packets that the forward of line \(line) answers for already; choose one"
        case .tooManySources: "has more than 1000 source prefixes; join them to wider ones"
        default: conditionText
        }
    }

    private var conditionText: String? {
        switch self {
        case .source(let text):
            "has the source \"\(text)\", which is no prefix; write the forward with \"allow\" "
                + "or \"deny\" yourself"
        case .ended(let moment): "has ended at \(moment.text)"
        case .condition(let text):
            "depends on \"\(text)\", which a forward does not have; without it more would be "
                + "open, so write the forward yourself if you want it"
        case .severalInterfaces(let text):
            "names \"\(text)\", and \"on\" takes one interface; write a forward for each, or one "
                + "for every WAN"
        case .severalAddresses(let text):
            "names \"\(text)\", and \"at\" takes one address; write a forward for each"
        case .fromInside(let text):
            "is about packets from \"\(text)\", which looks like inside; hairpin lets hosts "
                + "inside use the external address"
        default: nil
        }
    }

    private var besideText: String? {
        switch self {
        case .exception:
            "keeps some packets from the rules below; use \"deny\", or \"at\" and \"on\", in the "
                + "forwards"
        case .sourceNAT:
            "changes the source address; Portcullis does not masquerade, and sees to hairpin "
                + "itself: keep it elsewhere if it shares the connection"
        case .gatewayNAT:
            "is about packets of the gateway itself, which use the forwards without a rule"
        case .policy(let chain):
            "is the policy of \(chain); the guard drops what comes from a WAN and has no forward, "
                + "for all else keep it in your firewall"
        case .forwardRule:
            "filters what passes through; the guard lets forwards through and drops the rest from "
                + "a WAN: keep in your firewall what else it does"
        case .gatewayRule:
            "is about programs of the gateway itself; keep it in your firewall"
        case .otherTable(let table): "belongs to \(table), which forwards ports nowhere"
        case .unreachedChain(let chain):
            "stands in \(chain), which no rule for packets from outside leads to"
        case .action(let text): "does \"\(text)\", which a forward does not do"
        default: fileText
        }
    }

    private var fileText: String? {
        switch self {
        case .section(let text): "is a section for \(text), and no forward"
        case .nothingLeft: "is no forward, for the reasons given with its lines"
        case .setting(let text):
            "sets \"\(text)\", which a forward does not have; nothing is opened by leaving it out"
        case .logging: "writes a log; \"portcullis log\" and the counters of forwards say enough"
        case .include(let text): "reads \(text); import that by itself"
        case .notPublished: "publishes no port, so nothing outside reaches it"
        case .dockerHost(let text):
            "publishes \(text), and the output does not say where; name the machine that Docker "
                + "runs on with --docker-host ADDRESS"
        case .publishedAt(let address):
            "is published at \(address) only; give --docker-host \(address) if that is where the "
                + "gateway reaches it"
        case .application:
            "belongs to a proxy that reads requests; forward the port to that proxy if it is to "
                + "stay"
        case .tls: "ends TLS, which a forward does not; forward the port to the proxy"
        case .proxyProtocol:
            "uses the PROXY protocol in a way that needs a hand; see \"proxy\" and \"trusted_proxies\""
        case .unixSocket: "listens at a Unix socket, or names one that cannot be"
        case .variable: "is decided for each connection; a forward has one target"
        default: nil
        }
    }

    private var checkText: String {
        switch self {
        case .checkInterface(let name):
            "is carried over with on = \"\(name)\"; check that this is a WAN interface, or take "
                + "the key out"
        case .notOn(let name):
            "did not hold for packets from \"\(name)\"; the forward does: say hairpin = false if "
                + "hosts inside should not use it"
        case .shifted:
            "is carried over so that each port has its own counterpart in the other range"
        case .without(let text): "is carried over without \"\(text)\""
        case .whole:
            "sends everything to one device; as \"all\" it takes what no other forward names, also what"
                + " lines below name, which it used to hide"
        case .checkZone(let name):
            "is carried over for every WAN; check that the zone \"\(name)\" is the WAN side"
        default: ""
        }
    }
}
