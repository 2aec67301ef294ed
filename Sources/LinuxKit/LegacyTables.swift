import FoundationEssentials

/// Tables of iptables' own kernel module (`ip_tables`), which is not nf_tables and filters beside it.
package enum LegacyTables {
    /// Which ones are loaded in the network of the calling thread, as `ip filter` or `ip6 nat`.
    ///
    /// Their rules are not read. The files are there only while the module is.
    package static func present() -> [String] {
        [("ip", "ip_tables_names"), ("ip6", "ip6_tables_names")].flatMap { family, file in
            // `/proc/net` is the network of the process; a thread may be in another.
            let text = try? String(contentsOfFile: "/proc/thread-self/net/" + file, encoding: .utf8)
            return tables(in: text ?? "").map { "\(family) \($0)" }
        }
    }

    /// One name a line.
    package static func tables(in text: String) -> [String] {
        text.split(separator: "\n").map(String.init).sorted()
    }
}
