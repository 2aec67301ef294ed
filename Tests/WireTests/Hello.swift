import TestKit

/// A ClientHello in the making, right unless told otherwise.
struct Hello {
    var session: [UInt8] = []
    var suites: [UInt8] = [0x13, 0x01, 0xc0, 0x2f]
    var compressions: [UInt8] = [0]
    /// Nil for none at all.
    var extensions: [(kind: UInt16, data: [UInt8])]? = []

    static func named(_ name: String) -> Hello {
        Hello(extensions: [(0, serverName([(0, Array(name.utf8))]))])
    }

    static func serverName(_ entries: [(kind: UInt8, name: [UInt8])]) -> [UInt8] {
        long(entries.flatMap { [$0.kind] + long($0.name) })
    }

    var message: [UInt8] {
        var body: [UInt8] = [3, 3] + Array(0..<32)
        body += [UInt8(session.count)] + session + Self.long(suites)
        body += [UInt8(compressions.count)] + compressions
        if let extensions {
            body += Self.long(
                extensions.flatMap {
                    [UInt8($0.kind >> 8), UInt8($0.kind & 255)] + Self.long($0.data)
                })
        }
        return [1, UInt8(body.count >> 16)] + Self.long(body)
    }

    /// In one record.
    var bytes: [UInt8] { Self.record(message) }

    /// In records of so many bytes each, the last with the rest.
    func bytes(cut lengths: [Int]) -> [UInt8] {
        var (rest, records): (ArraySlice<UInt8>, [UInt8]) = (message[...], [])
        for length in lengths where length < rest.count {
            records += Self.record(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return records + Self.record(Array(rest))
    }

    static func record(_ fragment: [UInt8], kind: UInt8 = 0x16) -> [UInt8] {
        [kind, 3, 1] + long(fragment)
    }

    /// With two bytes of length before it.
    private static func long(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(bytes.count >> 8 & 255), UInt8(bytes.count & 255)] + bytes
    }
}

extension Gen {
    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<int(count)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func hostName() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz-_0123456789ABC")
        let labels = (0..<int(1...5)).map { _ in
            // A letter in front: digits alone would be an address.
            "x" + String((0..<int(0...20)).map { _ in pick(letters) })
        }
        return labels.joined(separator: ".")
    }

    /// A hello with this name, extensions of every kind, GREASE among them (RFC 8701).
    mutating func hello(_ name: String?) -> Hello {
        var kinds = Array(Set((0..<int(0...12)).map { _ in UInt16(int(0x11...0x28)) }))
        if oneIn(2) { kinds += [0x0a0a, 0xfafa] }
        var extensions = kinds.map { ($0, bytes(0...60)) }
        if let name {
            let place = int(0...extensions.count)
            extensions.insert((0, Hello.serverName([(0, Array(name.utf8))])), at: place)
        }
        if oneIn(2) { extensions.append((0x0029, bytes(0...60))) }
        return Hello(
            session: oneIn(2) ? bytes(32...32) : [],
            suites: (0..<int(1...30)).flatMap { _ in bytes(2...2) },
            compressions: [0], extensions: extensions)
    }
}
