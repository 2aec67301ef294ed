import Addressing
import Forwarding

/// Addresses that more than one device has.
enum DuplicateChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.duplicates.map { own($0) } + targets(seen)
    }

    private static func own(_ holder: Observations.Holder) -> Finding {
        let who = holder.devices.sorted { $0.description < $1.description }.map(\.description)
        let device = who.isEmpty ? "another device" : "the device \(Observations.list(who))"
        return Finding(
            "duplicate-address", .problem, "\(holder.address)",
            what: "\(holder.address) of \(holder.interface) also belongs to \(device)",
            why: "packets for the gateway go to whichever answered last: connections break at"
                + " random",
            remedy: "give one of the two another address")
    }

    private static func targets(_ seen: Observations) -> [Finding] {
        let doubled = seen.targetHolders.filter { $0.value.count > 1 }
            .sorted { $0.key < $1.key }
        return doubled.map { address, devices in
            let names = seen.carried.filter { $0.active.target4 == address }.map(\.name)
            let macs = devices.map(\.description).sorted()
            return Finding(
                "target-doubled", .problem, "\(address)",
                what: "\(macs.count) devices answer for the target \(address):"
                    + " \(Observations.list(macs))",
                why: "\(Observations.list(names)) leads now to the one, now to the other; or one"
                    + " device has two network cards in this network",
                remedy: "give one of them another address, or let the forward follow the right"
                    + " one by its hardware address:"
                    + " portcullis set \(names.first ?? "NAME") --to \(macs[0])")
        }
    }
}
