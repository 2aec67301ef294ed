import ControlModel

/// What routers in front say to a forward, in words.
enum UpstreamWords {
    /// In a column: where it is open outside, or how many ports are not.
    static func short(_ forward: Views.Forward) -> String {
        guard let ports = forward.upstreamPorts else { return forward.upstream ? "not asked" : "-" }
        let held = ports.filter { $0.state == "held" }
        guard held.count < ports.count || ports.count != 1 else {
            return held.first?.external ?? "open"
        }
        let failed = ports.filter { $0.state == "failed" }
        if failed.isEmpty, held.count < ports.count { return "asking" }
        guard !failed.isEmpty else { return "\(held.count) ports open" }
        return held.isEmpty ? "no: \(failed[0].code ?? "")" : "\(held.count) of \(ports.count)"
    }

    static func all(_ forward: Views.Forward) -> String {
        guard let ports = forward.upstreamPorts else {
            return forward.upstream ? "not asked: the forward is not in force" : "not asked"
        }
        let hasSeveralWANs = Set(ports.map(\.wan)).count > 1
        return ports.map { port in
            let wan = hasSeveralWANs ? " by \(port.wan ?? "")" : ""
            return "\(port.port)\(wan): \(words(port))"
        }.joined(separator: "; ")
    }

    private static func words(_ port: Views.UpstreamPort) -> String {
        switch port.state {
        case "held":
            let end = port.until.map { ", until \($0) (\(Words.until($0)))" } ?? ""
            return "open at \(port.external ?? "") by \(port.protocol ?? "")\(end)"
        case "failed": return "\(port.problem ?? ""); \(port.advice ?? "")"
        default: return "asking"
        }
    }
}
