package import Forwarding
import LinuxKit
import Netlink

extension KernelEngine {
    package func installed() throws(EngineError) -> Set<ForwardID> {
        let mask = self.mask
        var found: Set<ForwardID> = []
        do throws(KernelError) {
            guard try InstalledTable.read(through: &reading) != nil else { return [] }
            for set in Layout.forwardSets where set.data == .value([.mark]) {
                found = try InstalledTable.elements(of: set.name, through: &reading, into: found) {
                    guard case .value(let image) = $1.element.data,
                        let forward = mask.forward(of: image.mark(at: 0))
                    else { return }
                    $0.insert(forward)
                }
            }
        } catch { throw EngineError(error, .read) }
        return found
    }

    package func traffic() throws(EngineError) -> TrafficReport {
        do throws(KernelError) {
            let readers = self.readers
            let counters = try KernelThread.together(readers.count) { readers[$0].read() }
            var report = TrafficReport(guarded: try guardedVolume())
            for (reader, read) in zip(readers, counters) {
                for counter in try read.get() {
                    guard let forward = mask.forward(of: counter.mark) else { continue }
                    let volume = Volume(packets: counter.packets, bytes: counter.bytes)
                    report.note(volume, as: reader.set.kind, of: forward)
                }
            }
            if partUses[Part.meterChain] != nil { report.budgets = try budgets() }
            return report
        } catch {
            // No table: nothing was carried.
            if error.code == ErrorNumber.noEntry { return TrafficReport() }
            throw EngineError(error, .read)
        }
    }

    private func budgets() throws(KernelError) -> ByForward<UInt64> {
        let mask = self.mask
        return try InstalledTable.elements(of: "budget", through: &reading, into: [:]) {
            guard let forward = mask.forward(of: $1.element.key.mark(at: 0)),
                case .quota(_, let used)? = $1.element.stateful
            else { return }
            $0[forward] = used
        }
    }

    private func guardedVolume() throws(KernelError) -> Volume {
        var volume = Volume()
        _ = try reading.dump(
            { InstalledTable.request(.getObject, named: Layout.table, $0, &$1) },
            { message in
                let attributes = message.attributes(after: 4)
                guard attributes[1]?.string == Layout.table,
                    attributes[2]?.string == Layout.guardCounter,
                    let counter = attributes[4]?.nested
                else { return }
                volume = Volume(
                    packets: counter[2]?.big64 ?? 0, bytes: counter[1]?.big64 ?? 0)
            })
        return volume
    }
}

extension Layout.Counted {
    fileprivate var kind: Traffic.Kind {
        switch self {
        case .inbound: .inbound
        case .outbound: .outbound
        case .flows: .flows
        case .denied: .denied
        case .limited: .limited
        }
    }
}
