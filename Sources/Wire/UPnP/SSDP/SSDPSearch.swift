/// A question for devices (`M-SEARCH`).
package struct SSDPSearch: Hashable, Sendable {
    package var target: SSDPTarget
    /// The seconds in which an answer may come, 1 to 5; who is asked alone answers within one.
    package var delay: UInt8

    package init(_ target: SSDPTarget, delay: UInt8) {
        (self.target, self.delay) = (target, min(max(delay, 1), 5))
    }

    /// How much is forgiven.
    package enum Strictness: Hashable, Sendable {
        /// As the architecture has it.
        case strict
        /// A question to all without `MX` has a second.
        case tolerant
        /// `MAN` may stand without its quotation marks, too.
        case compatible
    }

    /// Reads a datagram; nil for everything that is to be met with silence.
    ///
    /// - Parameter isUnicast: it was sent to our address alone, where nobody needs `MX`.
    package init?(
        _ bytes: [UInt8], isUnicast: Bool = false, _ strictness: Strictness = .tolerant
    ) {
        guard let head = MessageHead(datagram: bytes), Self.isSearch(head.start),
            let man = head["MAN"], Self.isDiscover(man, strictness), let text = head["ST"],
            let target = SSDPTarget(text)
        else { return nil }
        let delay = head["MX"]
        guard delay != nil || isUnicast || strictness != .strict else { return nil }
        self.init(target, delay: isUnicast ? 1 : Self.delay(delay ?? ""))
    }

    private static func isSearch(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        return words.count == 3 && words[0] == "M-SEARCH" && words[1] == "*"
            && words[2].hasPrefix("HTTP/1.")
    }

    private static func isDiscover(_ man: String, _ strictness: Strictness) -> Bool {
        man == "\"ssdp:discover\"" || strictness == .compatible && man == "ssdp:discover"
    }

    /// Numbers beyond the type are more than 5 as well; what is no number is 1.
    private static func delay(_ text: String) -> UInt8 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return 1 }
        return UPnPNumber.read(text, as: UInt8.self) ?? .max
    }
}
