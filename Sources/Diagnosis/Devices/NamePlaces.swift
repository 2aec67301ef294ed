import Addressing
import FoundationEssentials

/// Files that say what devices are called and who made them.
///
/// None of them has to be there.
package struct NamePlaces: Sendable {
    /// Leases of dnsmasq: `END MAC ADDRESS NAME CLIENT`, a line each; `*` for no name.
    var leases: [String]
    /// hosts(5).
    var hosts: String
    /// The IEEE's list: `AA-BB-CC   (hex)  Maker`.
    var makers: [String]

    package init(leases: [String], hosts: String, makers: [String]) {
        self.leases = leases
        self.hosts = hosts
        self.makers = makers
    }

    /// Debian's dnsmasq and libvirt, OpenWrt's dnsmasq.
    package static let usual = NamePlaces(
        leases: [
            "/var/lib/misc/dnsmasq.leases", "/tmp/dhcp.leases",
            "/var/lib/libvirt/dnsmasq/default.leases",
        ], hosts: "/etc/hosts",
        makers: ["/usr/share/ieee-data/oui.txt", "/var/lib/ieee-data/oui.txt"])

    struct Names {
        var byMAC: [MACAddress: String] = [:]
        var byAddress: [IPAddress: String] = [:]

        subscript(mac: MACAddress) -> String? { byMAC[mac] }
        subscript(address: IPAddress) -> String? { byAddress[address] }
    }

    func names() -> Names {
        var names = Names()
        for line in Self.lines(of: hosts) {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard words.count > 1, let address = IPAddress(String(words[0])) else { continue }
            names.byAddress[address] = Self.clean(words[1])
        }
        for line in leases.flatMap(Self.lines) {
            let words = line.split(separator: " ")
            guard words.count > 3, words[3] != "*" else { continue }
            MACAddress(String(words[1])).map { names.byMAC[$0] = Self.clean(words[3]) }
            IPAddress(String(words[2])).map { names.byAddress[$0] = Self.clean(words[3]) }
        }
        return names
    }

    /// One that was made up by the device itself (the second bit of the first byte) has no maker.
    func makers(of devices: Set<MACAddress>) -> [MACAddress: String] {
        var wanted: [Substring: [MACAddress]] = [:]
        let prefixes = devices.map { ($0, Self.prefix(of: $0)) }
        for (mac, prefix) in prefixes { wanted[prefix[...], default: []].append(mac) }
        guard !wanted.isEmpty else { return [:] }
        var makers: [MACAddress: String] = [:]
        for line in makerLines where line.contains("(hex)") {
            guard let macs = wanted[line.prefix(8)], let mark = line.firstRange(of: "(hex)") else {
                continue
            }
            let maker = Self.clean(line[mark.upperBound...].drop { $0 == " " || $0 == "\t" })
            for mac in macs { makers[mac] = maker }
        }
        return makers
    }

    private var makerLines: [Substring] { makers.lazy.map(Self.lines).first { !$0.isEmpty } ?? [] }

    private static func prefix(of mac: MACAddress) -> String {
        String(mac.description.uppercased().prefix(8).map { $0 == ":" ? "-" : $0 })
    }

    /// Names come from devices: no control characters, and not more than a line shows.
    private static func clean(_ text: some StringProtocol) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(63).map(
                Character.init))
    }

    private static func lines(of path: String) -> [Substring] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split { $0.isNewline }
    }
}
