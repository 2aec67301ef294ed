package import Addressing
import FoundationEssentials

/// The machine's own list of names (`hosts(5)`): read for itself, since asking the C library for it would
/// ask the name servers, too.
package enum HostsFile {
    package static func addresses(of name: HostName) -> [IPAddress] {
        let text = (try? String(contentsOfFile: "/etc/hosts", encoding: .utf8)) ?? ""
        return addresses(of: name, in: text)
    }

    package static func addresses(of name: HostName, in text: String) -> [IPAddress] {
        text.split(separator: "\n").compactMap { line in
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let address = words.first.flatMap({ IPAddress($0) }),
                words.dropFirst().contains(where: { $0.lowercased() == name.text })
            else { return nil }
            return address
        }
    }
}
