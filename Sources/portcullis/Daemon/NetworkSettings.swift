import Addressing
import ControlModel
import Forwarding
import LinuxKit
import Netfilter
import Netlink

/// What the operator says of the machine's network.
struct NetworkSettings {
    /// Nil to follow the default route.
    var wans: [InterfaceName]?
    var lans: [InterfaceName]
    /// The next hops of WANs for which the machine has no default route.
    var gateways: [InterfaceName: [IPAddress]]
    /// Whether answers leave by the WAN that the request came in by.
    var answersFollow: Bool

    init(_ file: ConfigurationFile.Network, wans: [String], lans: [String]) throws {
        let wanNames = wans.isEmpty ? file.wan ?? [] : wans
        self.wans = wanNames.isEmpty ? nil : try Self.interfaces(wanNames)
        self.lans = try Self.interfaces(lans.isEmpty ? file.lan ?? [] : lans)
        answersFollow = file.policyRouting != "off"
        gateways = [:]
        for (name, addresses) in file.gateways ?? [:] {
            gateways[try Self.interface(name)] = try addresses.texts.map {
                try Self.gateway($0, of: name)
            }
        }
        if let both = self.wans?.first(where: self.lans.contains) {
            throw Refusal(
                field: .file, value: both.text, problem: .syntax("is named as WAN and as LAN"))
        }
        if let stranger = gateways.keys.sorted().first(where: { !(self.wans ?? []).contains($0) }) {
            throw Refusal(
                field: .file, value: "network.gateways.\(stranger)",
                problem: .syntax("is about an interface that \"wan\" does not name"))
        }
    }

    private static func interfaces(_ names: [String]) throws -> [InterfaceName] {
        try names.map(interface)
    }

    private static func interface(_ name: String) throws -> InterfaceName {
        guard let interface = InterfaceName(name) else {
            throw Refusal(field: .on, value: name, problem: .interface)
        }
        return interface
    }

    private static func gateway(_ text: String, of wan: String) throws -> IPAddress {
        guard let address = IPAddress(text) else {
            throw Refusal(
                field: .file, value: "network.gateways.\(wan) = \(text)", problem: .address)
        }
        return address
    }
}

/// Which numbers of the kernel's are ours.
struct KernelNumbers {
    /// Of the flow's mark: the number of the forward.
    var mask: MarkMask
    /// Of both marks: the number of the WAN.
    var wanMask: WANMask
    /// The first of six priorities of routing rules; sixteen tables have the numbers behind it.
    var routingBase: UInt32

    /// Behind those of the WANs.
    var transparentWay: TransparentWay {
        TransparentWay(
            beside: mask.bits | wanMask.bits, table: routingBase + UInt32(WANMask.most) + 1,
            priority: routingBase + 4)
    }

    static let standardBase = 7400
    /// Tables up to 255 and rules from 32766 on are the kernel's own.
    static let bases = 256...32000

    init(_ file: ConfigurationFile.Kernel) throws {
        mask =
            try Self.mask(
                file.markMask, "mark_mask", MarkMask.init,
                else: "is no mask of sixteen bits in a row, such as 0x00ffff00") ?? .standard
        wanMask =
            try Self.mask(
                file.wanMask, "wan_mask", WANMask.init,
                else: "is no mask of four bits in a row, such as 0x0f000000") ?? .standard
        let base = file.routingBase ?? Self.standardBase
        guard Self.bases.contains(base) else {
            throw Refusal(
                field: .file, value: "kernel.routing_base = \(base)",
                problem: .syntax("is not between 256 and 32000, such as 7400"))
        }
        routingBase = UInt32(base)
        guard mask.bits & wanMask.bits == 0 else {
            throw Refusal(
                field: .file,
                value: "kernel.wan_mask = \(file.wanMask ?? Self.hex(wanMask.bits))",
                problem: .syntax("shares bits with mark_mask, \(Self.hex(mask.bits))"))
        }
    }

    private static func mask<Mask>(
        _ text: String?, _ key: String, _ make: (UInt32) -> Mask?, else problem: String
    ) throws -> Mask? {
        guard let text else { return nil }
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        guard let bits = UInt32(digits, radix: 16), let mask = make(bits) else {
            throw Refusal(
                field: .file, value: "kernel.\(key) = \(text)", problem: .syntax(problem))
        }
        return mask
    }

    private static func hex(_ bits: UInt32) -> String {
        let digits = String(bits, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
