import Addressing
import Forwarding

/// A forward as a line of another program's file describes it.
struct Wanted {
    var name: String?
    var transports: Transports
    var ports: PortRange
    var scope = ExternalSide.Scope.everyWAN
    var host: TargetHost
    /// The external ports when nil.
    var targetPorts: PortRange?
    var allowed: [Prefix] = []
    var denied: [Prefix] = []
    var hairpin = true
    var source = SourceAddress.kept
    /// Whether the device is asked at its own IPv6 address, untranslated.
    var isPinhole = false
    var ends = EndTime.never
    var enabled = true
    /// Whether a program carried it, which reaches loopback.
    var isProxied = false
    var relay = RelayTerms.none
}

/// Gathers what a reader finds: forwards that the table can hold, and remarks on the rest.
struct Carriage {
    let now: Timestamp?
    private var forwards: [ImportedForward] = []
    private var remarks: [Remark] = []
    private var said: Set<Saying> = []
    private var names = NameMaker()
    private var claims = Claims()

    private struct Saying: Hashable {
        var line: Int
        var last: Int
        var reason: Reason
    }

    init(now: Timestamp? = nil) { self.now = now }

    /// What was gathered, in the order of the file.
    var file: ImportedFile {
        ImportedFile(
            forwards: forwards.enumerated()
                .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
                .map(\.element),
            remarks: remarks.enumerated()
                .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
                .map(\.element))
    }

    /// Says something about a line, once.
    mutating func remark(_ line: SourceLine, _ reason: Reason) {
        let saying = Saying(line: line.number, last: line.last, reason: reason)
        guard said.insert(saying).inserted else { return }
        remarks.append(
            Remark(line: line.number, lastLine: line.last, text: line.text, reason: reason))
    }

    /// Takes a forward over, or says why the table would not hold it.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    mutating func carry(_ wanted: Wanted, from line: SourceLine) -> Bool {
        do throws(Reason) {
            try examine(wanted)
            forwards.append(
                ImportedForward(line: line.number, draft: try draft(wanted, line.number)))
            return true
        } catch {
            remark(line, error)
            return false
        }
    }

    private func examine(_ wanted: Wanted) throws(Reason) {
        let target = wanted.targetPorts ?? wanted.ports
        guard target.count == wanted.ports.count else {
            throw .unequalRanges(external: wanted.ports, target: target)
        }
        guard target == wanted.ports || target.count <= 1024 else { throw .shiftTooWide(target) }
        for spare in wanted.relay.spares {
            guard spare.ports.count == wanted.ports.count else {
                throw .unequalRanges(external: wanted.ports, target: spare.ports)
            }
        }
        for host in [wanted.host] + wanted.relay.spares.map(\.host) {
            guard case .address(let address) = host else { continue }
            let isReached = !address.isLoopback || wanted.isProxied
            guard isReached, !isUnfitTarget(address, named: false, in: NetworkView()) else {
                throw .unfitTarget(host)
            }
            if case .address(let at) = wanted.scope, at.family != address.family {
                throw .familyMismatch
            }
        }
        if case .address(let at) = wanted.scope, at.isLoopback { throw .loopback }
        guard wanted.allowed.count <= 1000, wanted.denied.count <= 1000 else {
            throw .tooManySources
        }
        if case .at(let end) = wanted.ends, let now, end <= now { throw .ended(end) }
    }

    private mutating func draft(_ wanted: Wanted, _ line: Int) throws(Reason) -> ForwardDraft {
        var isV6 = false
        if case .address(.v6) = wanted.host { isV6 = true }
        // A name of its own is only made for what is taken.
        guard let plain = ForwardName("forward") else { throw .unreadable }
        var draft = ForwardDraft(
            name: plain, transports: wanted.transports,
            external: ExternalSide(ports: wanted.ports, scope: wanted.scope),
            target: Target(host: wanted.host, ports: wanted.targetPorts ?? wanted.ports),
            sources: SourcePolicy(allowed: wanted.allowed, denied: wanted.denied),
            hairpin: wanted.hairpin, sourceAddress: wanted.source,
            translatesIPv6: isV6 && !wanted.isPinhole, ends: wanted.ends, relay: wanted.relay,
            enabled: wanted.enabled)
        if let earlier = claims.claim(draft, line) { throw .taken(line: earlier) }
        draft.name = names.name(wanted.name, wanted.transports, wanted.ports) ?? plain
        if let text = wanted.name, text != NameMaker.plain(text) { draft.comment = text.asComment }
        return draft
    }
}

extension String {
    /// As much of it as the comment of a forward holds, without control characters.
    fileprivate var asComment: String {
        var comment = ""
        for scalar in unicodeScalars where scalar.properties.generalCategory != .control {
            guard comment.utf8.count + UTF8.width(scalar) <= 200 else { break }
            comment.unicodeScalars.append(scalar)
        }
        return comment
    }
}
