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
        var report = TrafficReport()
        do throws(KernelError) {
            for counted in Layout.Counted.allCases {
                try read(counted, into: &report)
            }
            report.guarded = try guardedVolume()
        } catch {
            // No table: nothing was carried.
            if error.code == ErrorNumber.noEntry { return TrafficReport() }
            throw EngineError(error, .read)
        }
        return report
    }

    private func read(
        _ counted: Layout.Counted, into report: inout TrafficReport
    ) throws(KernelError) {
        let mask = self.mask
        report = try InstalledTable.elements(
            of: counted.rawValue, through: &reading, into: report
        ) { report, dumped in
            guard let forward = mask.forward(of: dumped.element.key.mark(at: 0)) else { return }
            let volume = Volume(packets: dumped.packets, bytes: dumped.bytes)
            switch counted {
            case .inbound: report.forwards[forward, default: Traffic()].inbound = volume
            case .outbound: report.forwards[forward, default: Traffic()].outbound = volume
            case .flows: report.forwards[forward, default: Traffic()].flows = volume.packets
            case .denied: report.forwards[forward, default: Traffic()].denied = volume.packets
            }
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
