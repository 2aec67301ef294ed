import Addressing
import Forwarding

/// Makes names that forwards can have, each of them once.
struct NameMaker {
    private var used: Set<String> = []
    private var counts: [String: Int] = [:]

    /// A name like `hint`, or `tcp-443` where nothing is left of it; `-2` and so on makes it unique.
    mutating func name(
        _ hint: String?, _ transports: Transports, _ ports: PortRange
    ) -> ForwardName? {
        let wanted = hint.map(Self.plain) ?? ""
        let plain =
            transports == .everything
            ? transports.rawValue : "\(transports.all[0].name)-\(ports)"
        let base = wanted.isEmpty ? plain : wanted
        var (name, count) = (base, counts[base] ?? 1)
        while used.contains(name) {
            count += 1
            name = "\(base.prefix(ForwardName.limit - 8))-\(count)"
        }
        counts[base] = count
        used.insert(name)
        return ForwardName(name)
    }

    /// What of a text may stand in a name; everything else becomes a hyphen, several become one.
    static func plain(_ text: String) -> String {
        var name = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122: name.unicodeScalars.append(UnicodeScalar(byte))
            case UInt8(ascii: "."), UInt8(ascii: "_"):
                guard !name.isEmpty else { continue }
                name.unicodeScalars.append(UnicodeScalar(byte))
            default:
                guard !name.isEmpty, name.last != "-" else { continue }
                name.append("-")
            }
            guard name.utf8.count < ForwardName.limit else { break }
        }
        while let last = name.last, "-._".contains(last) { name.removeLast() }
        return name
    }
}
