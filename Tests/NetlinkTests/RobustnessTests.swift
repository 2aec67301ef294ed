import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Any bytes` {
    /// Everything that reads what the kernel sends; says how much was found.
    private func readAll(_ bytes: [UInt8], count: Int? = nil) -> Int {
        var found = 0
        for message in MessageReader(bytes, count: count ?? bytes.count) {
            found += 1
            let values: [Any?] = [
                Reply(message), ConntrackEntry(message), RouteMessage(message),
                TraceRecord(message), FoundRoute(message),
                DumpedChain(message), DumpedTable(message), DumpedForeignChain(message),
                DumpedSet(message),
                ListeningSocket(message, .tcp), Rule.comment(of: message), message.sequence,
                message.port, message.generation, message.netfilterFamily, message.flags,
            ]
            found += values.count { $0 != nil }
            DumpedElement.elements(in: message) { dumped in
                found += dumped.element.key.bytes.count + Int(dumped.element.key.mark(at: 0) & 1)
            }
            for expression in DumpedRule(message)?.expressions ?? [] {
                if case .match(let match) = expression, CompatMatch(match) != .unknown {
                    found += 1
                }
                if case .target(let it) = expression, CompatTarget(it) != .unknown { found += 1 }
            }
            found += DumpedForeignElement.elements(in: message).count
            CountedMark.read(from: message) { found += Int($0.packets & 1) }
            for fixed in [0, 4, 8, 12, 16, 72, 5000] {
                found += depth(message.attributes(after: fixed), 0)
            }
        }
        return found
    }

    private func depth(_ attributes: Attributes, _ level: Int) -> Int {
        guard level < 5 else { return 0 }
        return attributes.reduce(0) { sum, attribute in
            let values: [Any?] = [
                attribute.byte, attribute.big16, attribute.big32, attribute.big64,
                attribute.host16, attribute.host32,
            ]
            let text = attribute.string.utf8.count + attribute.image.count
            return sum + values.count { $0 != nil } + text + depth(attribute.nested, level + 1)
        }
    }

    @Test(arguments: Seed.batch(60))
    func `changed at random are read or left, never a trap`(seed: Seed) {
        var gen = Gen(seed)
        for vector in Vector.all where vector.hex.count < 1000 {
            var bytes = vector.bytes
            for _ in 0..<gen.int(1...6) {
                let place = gen.int(0...bytes.count - 1)
                bytes[place] =
                    gen.oneIn(2) ? UInt8(gen.int(0...255)) : gen.pick([0, 1, 4, 0x7f, 0x80, 0xff])
            }
            // Often under the type of a message that some decoder looks at.
            if gen.oneIn(2), bytes.count > 5 {
                bytes[4] = UInt8(gen.pick([2, 3, 0, 2, 20, 16, 24, 28, 12, 3]))
                bytes[5] = gen.pick([0, 1, 10])
            }
            _ = readAll(bytes)
        }
    }

    @Test(arguments: Seed.batch(20))
    func `cut anywhere are read or left, never a trap`(seed: Seed) {
        var gen = Gen(seed)
        for vector in Vector.all where vector.hex.count < 1000 {
            let bytes = vector.bytes
            let cut = gen.int(0...bytes.count)
            _ = readAll(Array(bytes.prefix(cut)))
            _ = readAll(bytes, count: cut)
            // A header that tells the truth about a body that is cut.
            guard cut >= 16 else { continue }
            var short = Array(bytes.prefix(cut))
            (short[0], short[1]) = (UInt8(cut & 0xff), UInt8(cut >> 8))
            _ = readAll(short)
        }
    }

    @Test(arguments: Seed.batch(200))
    func `made up are read or left, never a trap`(seed: Seed) {
        var gen = Gen(seed)
        var bytes = (0..<gen.int(0...300)).map { _ in UInt8(gen.int(0...255)) }
        if bytes.count >= 16 { (bytes[1], bytes[2], bytes[3]) = (0, 0, 0) }
        _ = readAll(bytes)
        _ = readAll([UInt8](repeating: gen.pick([0, 4, 5, 0xff]), count: gen.int(0...100)))
    }

    @Test(arguments: Seed.batch(300))
    func `of iptables' parts are read or left, never a trap`(seed: Seed) {
        var gen = Gen(seed)
        for name in [
            "tcp", "udp", "multiport", "conntrack", "state", "addrtype", "comment", "mark",
            "connmark", "iprange", "other",
        ] {
            let info = (0..<gen.int(0...200)).map { _ in
                gen.oneIn(2) ? 0 : UInt8(gen.int(0...255))
            }
            let part = CompatExtension(
                name: name, revision: UInt32(gen.int(0...4)), info: info)
            #expect(CompatMatch(part) == CompatMatch(part))
        }
        for name in ["DNAT", "REDIRECT", "MARK", "CT", "REJECT", "OTHER"] {
            let info = (0..<gen.int(0...60)).map { _ in UInt8(gen.int(0...255)) }
            let part = CompatExtension(
                name: name, revision: UInt32(gen.int(0...2)), info: info)
            #expect(CompatTarget(part) == CompatTarget(part))
        }
    }

    @Test func `every vector is read`() {
        for vector in Vector.all { #expect(readAll(vector.bytes) > 0, "\(vector.name)") }
    }

    @Test func `several messages in one buffer are all read, up to the given count`() {
        let vectors = Vector.all.prefix(20)
        let bytes = vectors.flatMap { vector in
            vector.bytes + [UInt8](repeating: 0, count: (4 - vector.bytes.count % 4) % 4)
        }
        #expect(Array(MessageReader(bytes)).count == vectors.count)
        #expect(Array(MessageReader(bytes, count: bytes.count * 2)).count == vectors.count)
        let short = Array(MessageReader(bytes, count: bytes.count - 1))
        #expect(short.count == vectors.count - 1)
    }
}
