package import Addressing
internal import CLinux

/// Asks by ARP who has an address (RFC 826, RFC 5227).
///
/// Needs `CAP_NET_RAW`.
package enum ARPProbe {
    package struct Question: Hashable, Sendable {
        package var address: IPv4Address
        /// Who asks; 0.0.0.0 where the address is the asker's own and is to be found elsewhere.
        package var source: IPv4Address

        package init(_ address: IPv4Address, from source: IPv4Address) {
            self.address = address
            self.source = source
        }
    }

    private static let mostAnswers = 1024
    /// Two questions this many milliseconds apart: one may get lost.
    private static let (interval, sends): (Int32, Int32) = (400, 2)

    /// Waits for the answers, 0.8 s: call it on a thread that may.
    ///
    /// - Returns: for each address that was answered for, the devices that did.
    package static func ask(
        _ questions: [Question], on index: UInt32, from mac: MACAddress
    ) throws(KernelError) -> [IPv4Address: Set<MACAddress>] {
        let pairs = questions.flatMap { $0.source.octets + $0.address.octets }
        var holders = [UInt8](repeating: 0, count: mostAnswers * 10)
        // SAFETY: the arrays outlive the call, which writes at most `mostAnswers` times ten bytes.
        let found = unsafe clinux_arp_ask(
            index, mac.octets, pairs, Int32(questions.count), &holders, Int32(mostAnswers),
            interval, sends)
        let count = Int(try KernelError.check(found, .ask))
        var answers: [IPv4Address: Set<MACAddress>] = [:]
        for place in 0..<count {
            let entry = holders[(place * 10)..<(place * 10 + 10)]
            guard let address = IPAddress(octets: entry.prefix(4))?.v4,
                let mac = MACAddress(octets: entry.suffix(6))
            else { continue }
            answers[address, default: []].insert(mac)
        }
        return answers
    }
}
