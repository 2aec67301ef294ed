import Forwarding
import LinuxKit
import Netlink

/// What has to be deleted from, and added to, the installed sets so that they say what is wanted.
struct ElementDifference {
    /// Wanted and not found so far; after comparing: what is missing.
    private var missing: [String: [RegisterImage: SetElement]] = [:]
    private var superfluous: [PlacedElement] = []
    /// Elements whose key another forward has as well: they are sent, and the kernel refuses.
    private var clashing: [(placed: PlacedElement, forward: ForwardID?)] = []
    private static let keyedByMark = Set(
        Layout.forwardSets.filter { $0.key.first == .mark }.map(\.name))
    private static let leadingToMark = Set(
        Layout.forwardSets.filter { $0.data == .value([.mark]) }.map(\.name))
    private let forwardSets = Set(Layout.forwardSets.map(\.name))

    /// Milliseconds by which the end of a lease may be off before it is set anew: two clocks are
    /// compared, ours in whole seconds.
    private static let leaseTolerance: UInt64 = 2000

    init(_ forwards: [ActiveForward], _ settings: EngineSettings, _ compiler: ElementCompiler) {
        for placed in NetworkElements.elements(of: settings.network) { want(placed) }
        for forward in forwards {
            for placed in compiler.elements(of: forward) { want(placed, for: forward.id) }
        }
    }

    private mutating func want(_ placed: PlacedElement, for forward: ForwardID? = nil) {
        let other = missing[placed.set, default: [:]].updateValue(
            placed.element, forKey: placed.element.key)
        guard let other, other != placed.element else { return }
        missing[placed.set]?[placed.element.key] = other
        clashing.append((placed, forward))
    }

    mutating func compare(through socket: inout NetlinkSocket) throws(KernelError) {
        for set in Layout.networkSets + Layout.forwardSets {
            let start = (missing[set.name] ?? [:], [PlacedElement]())
            let (left, extra) = try InstalledTable.elements(
                of: set.name, through: &socket, into: start
            ) { result, dumped in
                let key = dumped.element.key
                if let wanted = result.0[key], Self.isSame(wanted, dumped) {
                    result.0[key] = nil
                } else {
                    result.1.append(PlacedElement(set: set.name, element: dumped.element))
                }
            }
            missing[set.name] = left
            superfluous += extra
        }
    }

    private static func isSame(_ wanted: SetElement, _ dumped: DumpedElement) -> Bool {
        guard wanted.data == dumped.element.data, wanted.keyEnd == dumped.element.keyEnd,
            isSame(wanted.stateful, dumped.element.stateful)
        else { return false }
        guard let timeout = wanted.timeout else { return dumped.element.timeout == nil }
        guard let left = dumped.expiration else { return false }
        return max(timeout, left) - min(timeout, left) <= leaseTolerance
    }

    /// What has been used of a quota goes on in the kernel; ours is of the last look.
    private static func isSame(_ wanted: Stateful?, _ found: Stateful?) -> Bool {
        guard case .quota(let most, let used)? = wanted, case .quota(most, let counted)? = found
        else { return wanted == found }
        return max(used, counted) - min(used, counted) <= max(quotaTolerance, used / 50)
    }

    /// Bytes; more than passes between a look at the counters and the transaction.
    private static let quotaTolerance: UInt64 = 64 << 20

    func write(to transaction: inout Transaction) {
        for placed in superfluous { transaction.delete(placed.element, from: placed.set) }
        for set in Layout.networkSets + Layout.forwardSets {
            for element in (missing[set.name] ?? [:]).values {
                transaction.add(element, to: set.name)
            }
        }
        for (placed, forward) in clashing {
            transaction.add(placed.element, to: placed.set, for: forward)
        }
    }

    /// The forwards that any difference is about.
    func changedForwards(_ mask: MarkMask) -> Set<ForwardID> {
        var changed: Set<ForwardID> = []
        func note(_ set: String, _ element: SetElement) {
            guard forwardSets.contains(set) else { return }
            if Self.keyedByMark.contains(set) {
                _ = mask.forward(of: element.key.mark(at: 0)).map { changed.insert($0) }
            } else if Self.leadingToMark.contains(set), case .value(let mark) = element.data {
                _ = mask.forward(of: mark.mark(at: 0)).map { changed.insert($0) }
            }
        }
        for placed in superfluous { note(placed.set, placed.element) }
        for (set, elements) in missing {
            for element in elements.values { note(set, element) }
        }
        return changed
    }
}
