import Foundation
import Netlink
import TestKit
import Testing

/// Tables of the old iptables module, as a kernel told of them. What was loaded:
///
///     *filter    (iptables-legacy-restore)
///     :FORWARD DROP
///     -A FORWARD -j DOCKER-USER
///     -A FORWARD ! -s 203.0.113.0/24 -i wan+ -o br0 -p tcp -m multiport --dports 80,8000:8999
///        -m conntrack --ctstate NEW -j ACCEPT
///     -A FORWARD -f -g other
///     -A FORWARD -d 192.168.7.10/32 ! -i br0 ! -p udp -j REJECT
///     -A DOCKER-USER -s 10.0.0.1/32 -j RETURN
///     -A DOCKER-USER -p tcp -m tcp --dport 8443
///     -A DOCKER-USER -o lan+ -j DROP
///     -A other ! -f -j QUEUE
///     *nat
///     -A PREROUTING -i wan0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
///     -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
///     *filter    (ip6tables-legacy-restore)
///     :OUTPUT DROP
///     -A FORWARD -s 2001:db8::/32 ! -d 2001:db8:7::10/128 ! -p udp -g other
///     -A FORWARD -i eth+ -j other
///     -A other -j DROP
struct LegacyBytes: Sendable {
    var name: LegacyTableName
    var info: [UInt8] = []
    var entries: [UInt8] = []

    var table: LegacyTable? { LegacyTable(name, info: info, entries: entries) }

    /// Name, `info` and its bytes, `entries` and theirs.
    static let all: [LegacyBytes] = {
        let file = projectFolder.appending(path: "Tests/NetlinkTests/Fixtures/legacy-tables.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        var (found, isInfo): ([LegacyBytes], Bool) = ([], false)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 2 {
                let family: NFTablesFamily = words[0] == "ip6" ? .ip6 : .ip
                found.append(LegacyBytes(name: LegacyTableName(family, words[1])))
            } else if line == "info" || line == "entries" {
                isInfo = line == "info"
            } else if isInfo {
                found[found.count - 1].info += [UInt8](hex: String(line))
            } else {
                found[found.count - 1].entries += [UInt8](hex: String(line))
            }
        }
        return found
    }()

    static func named(_ name: String) throws -> LegacyBytes {
        try #require(all.first { "\($0.name)" == name })
    }

    static func table(_ name: String) throws -> LegacyTable { try #require(named(name).table) }
}

extension LegacyTable {
    func rules(of chain: String) -> [[DumpedExpression]] {
        rules.filter { $0.chain == chain }.map(\.expressions)
    }
}
