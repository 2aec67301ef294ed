internal import CLinux
import FoundationEssentials
package import Netlink

/// Tables of iptables' own kernel module (`ip_tables`), which is not nf_tables and filters beside it.
package enum LegacyTables {
    /// Which ones there are in the network of the calling thread.
    ///
    /// The files are there only while the module is.
    package static func present() -> [LegacyTableName] {
        let files: [(NFTablesFamily, String)] = [
            (.ip, "ip_tables_names"), (.ip6, "ip6_tables_names"),
        ]
        return files.flatMap { family, file in
            // `/proc/net` is the network of the process; a thread may be in another.
            let text = try? String(contentsOfFile: "/proc/thread-self/net/" + file, encoding: .utf8)
            return tables(in: text ?? "").map { LegacyTableName(family, $0) }
        }
    }

    /// One name a line.
    package static func tables(in text: String) -> [String] {
        text.split(separator: "\n").map(String.init).sorted()
    }

    private static let attempts = 20

    /// What the kernel tells of one table: `struct ipt_getinfo`, and the entries themselves.
    package struct Contents: Hashable, Sendable {
        package var info: [UInt8]
        package var entries: [UInt8]
    }

    /// Reads one that is present: to ask for another would load its module.
    ///
    /// Needs `CAP_NET_ADMIN`.
    package static func contents(of name: LegacyTableName) throws(KernelError) -> Contents {
        let socket = OwnedDescriptor(
            adopting: try KernelError.check(
                clinux_datagram_socket(name.family == .ip6 ? 6 : 4), .table))
        let question = Question(socket: socket.number, table: name)
        for _ in 0..<attempts {
            do throws(KernelError) {
                let info = try question.information()
                return Contents(info: info, entries: try question.entries(info))
            } catch let error where error.code != ErrorNumber.tryAgain { throw error }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .table)
    }
}

/// Two questions about one table (`IPT_SO_GET_INFO`, `IPT_SO_GET_ENTRIES`).
///
/// The answer to the first says how long that to the second is. In between the table may have changed (`EAGAIN`).
private struct Question {
    let socket: Int32
    let table: LegacyTableName

    private static let (nameLength, infoLength, headLength) = (32, 84, 40)
    /// Where the information says how long the entries are.
    private static let sizePlace = 80

    func information() throws(KernelError) -> [UInt8] {
        try ask(64, name + [UInt8](repeating: 0, count: Self.infoLength - Self.nameLength))
    }

    func entries(_ information: [UInt8]) throws(KernelError) -> [UInt8] {
        let size = Array(information[Self.sizePlace..<Self.sizePlace + 4])
        let count = Int(size.host32(0))
        let rest = Self.headLength - Self.nameLength - size.count + count
        let answer = try ask(65, name + size + [UInt8](repeating: 0, count: rest))
        return Array(answer[Self.headLength...])
    }

    private var name: [UInt8] {
        let bytes = Array(table.name.utf8.prefix(Self.nameLength - 1))
        return bytes + [UInt8](repeating: 0, count: Self.nameLength - bytes.count)
    }

    private func ask(_ option: Int32, _ bytes: [UInt8]) throws(KernelError) -> [UInt8] {
        var bytes = bytes
        // SOL_IPV6 and SOL_IP.
        let level: Int32 = table.family == .ip6 ? 41 : 0
        // SAFETY: the call writes at most as many bytes as the array has, which outlives it.
        let length = unsafe clinux_socket_question(socket, level, option, &bytes, bytes.count)
        _ = try KernelError.check(length, .table)
        return bytes
    }
}
