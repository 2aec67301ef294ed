import Addressing
import TestKit
import Testing
import Wire

@Suite struct `A PROXY header that is written` {
    private static let client = Sample.endpoint("198.51.100.7", 51234)
    private static let proxy = Sample.endpoint("203.0.113.5", 443)

    @Test func `is that of the vectors`() throws {
        let vector = { (name: String) in try Corpus.bytes("ProxyHeader", name) }
        #expect(
            try ProxyFormat.v1.bytes(
                from: Sample.endpoint("192.168.0.1", 56324),
                to: Sample.endpoint("192.168.0.11", 443)) == vector("good-p01"))
        #expect(
            try ProxyFormat.v1.bytes(
                from: Sample.endpoint("2001:db8::1", 56324),
                to: Sample.endpoint("2001:db8::2", 443)) == vector("good-p02"))
        #expect(
            try ProxyFormat.v2Stream.bytes(from: Self.client, to: Self.proxy)
                == vector("good-p04"))
        #expect(
            try ProxyFormat.v2Datagram.bytes(from: Self.client, to: Self.proxy)
                == vector("good-p05"))
        #expect(
            try ProxyFormat.v2Stream.bytes(
                from: Sample.endpoint("2001:db8::7", 51234),
                to: Sample.endpoint("2001:db8::5", 443)) == vector("good-p06"))
        #expect(try ProxyFormat.local == vector("good-p07"))
        #expect(
            try ProxyFormat.simple.bytes(from: Self.client, to: Self.proxy)
                == Corpus.bytes("SimpleProxyHeader", "good-ipv4"))
    }

    @Test(arguments: [
        ("198.51.100.7", "203.0.113.5", "TCP4 198.51.100.7 203.0.113.5"),
        ("::ffff:198.51.100.7", "203.0.113.5", "TCP4 198.51.100.7 203.0.113.5"),
        ("::ffff:198.51.100.7", "::ffff:203.0.113.5", "TCP4 198.51.100.7 203.0.113.5"),
        ("2001:db8::7", "203.0.113.5", "TCP6 2001:db8::7 ::ffff:cb00:7105"),
        ("198.51.100.7", "2001:db8::5", "TCP6 ::ffff:c633:6407 2001:db8::5"),
        ("::ffff:198.51.100.7", "2001:db8::5", "TCP6 ::ffff:c633:6407 2001:db8::5"),
        ("::", "::1", "TCP6 :: ::1"), ("1::", "1:0:0:2::", "TCP6 1:: 1:0:0:2::"),
        ("0:1::", "1:0:2:3:4:5:6:7", "TCP6 0:1:: 1:0:2:3:4:5:6:7"),
    ])
    func `never mixes families`(source: String, destination: String, line: String) {
        let (source, destination) = (Sample.endpoint(source, 1), Sample.endpoint(destination, 9))
        let text = ProxyFormat.v1.bytes(from: source, to: destination)
        #expect(String(decoding: text, as: UTF8.self) == "PROXY \(line) 1 9\r\n")
    }

    @Test func `is not begun where there is no room for it`() {
        for format in ProxyFormat.allCases {
            let bytes = [UInt8](capacity: format.longest) { output in
                output.append(0)
                let written = format.write(from: Self.client, to: Self.proxy, into: &output)
                #expect(written == nil)
            }
            #expect(bytes == [0])
            let whole = [UInt8](capacity: format.longest) { output in
                let written = format.write(from: Self.client, to: Self.proxy, into: &output)
                #expect(written == output.count)
            }
            #expect(whole == format.bytes(from: Self.client, to: Self.proxy))
        }
    }

    @Test(arguments: Seed.batch(300))
    func `is read as what was written`(seed: Seed) {
        var gen = Gen(seed)
        let (source, destination) = (endpoint(&gen), endpoint(&gen))
        let (from, to) = inOneFamily(source, destination)
        for format in ProxyFormat.allCases {
            let bytes = format.bytes(from: source, to: destination)
            #expect(bytes.count <= format.longest && bytes.count <= ProxyFormat.longest)
            let transport: ProxyHeader.Transport =
                format == .v1 || format == .v2Stream ? .stream : .datagram
            let header = ProxyHeader(.proxied(transport, source: from, destination: to))
            let reading =
                format == .simple ? bytes.simpleHeader() : bytes.header()
            #expect(reading == .complete(header, length: bytes.count))
        }
    }

    @Test(arguments: Seed.batch(300))
    func `has IPv6 addresses in their canonical form`(seed: Seed) {
        var gen = Gen(seed)
        let (source, destination) = (v6(&gen), v6(&gen))
        let line = ProxyFormat.v1.bytes(
            from: Endpoint(.v6(source), 1), to: Endpoint(.v6(destination), 2))
        let text = "PROXY TCP6 \(source) \(destination) 1 2\r\n"
        #expect(String(decoding: line, as: UTF8.self) == text)
    }

    private func endpoint(_ gen: inout Gen) -> Endpoint {
        let v4 = IPv4Address(bits: UInt32(truncatingIfNeeded: gen.next()))
        let mapped = IPv6Address(high: 0, low: 0xffff_0000_0000 | UInt64(v4.bits))
        let address = gen.pick([.v4(v4), .v6(mapped), IPAddress.v6(v6(&gen))])
        return Endpoint(address, UInt16(truncatingIfNeeded: gen.next()))
    }

    /// Zero groups are likely; the first is not, so that no address is a mapped one.
    private func v6(_ gen: inout Gen) -> IPv6Address {
        let groups = (0..<7).map { _ in gen.oneIn(2) ? 0 : UInt64(gen.int(0...0xffff)) }
        return IPv6Address(
            high: groups[..<3].reduce(UInt64(gen.int(1...0xffff))) { $0 << 16 | $1 },
            low: groups[3...].reduce(0) { $0 << 16 | $1 })
    }

    private func inOneFamily(_ source: Endpoint, _ target: Endpoint) -> (Endpoint, Endpoint) {
        func plain(_ address: IPAddress) -> IPAddress {
            guard case .v6(let v6) = address, v6.isV4Mapped else { return address }
            return .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: v6.low)))
        }
        func mapped(_ address: IPAddress) -> IPAddress {
            guard case .v4(let v4) = address else { return address }
            return Sample.address("::ffff:\(v4)")
        }
        let plains = (plain(source.address), plain(target.address))
        let both = plains.0.family == .v4 && plains.1.family == .v4
        return (
            Endpoint(both ? plains.0 : mapped(source.address), source.port),
            Endpoint(both ? plains.1 : mapped(target.address), target.port)
        )
    }
}

@Suite struct `The Simple Proxy Protocol` {
    @Test func `is its magic number and 36 bytes`() throws {
        let bytes = try Corpus.bytes("SimpleProxyHeader", "good-ipv4")
        for count in 0..<bytes.count {
            #expect(Array(bytes[..<count]).simpleHeader() == .needMore)
        }
        let header = ProxyHeader(
            .proxied(
                .datagram, source: Sample.endpoint("198.51.100.7", 51234),
                destination: Sample.endpoint("203.0.113.5", 443)))
        #expect((bytes + [1]).simpleHeader() == .complete(header, length: 38))
        let other: [UInt8] = [0x56, 0xed]
        #expect(other.simpleHeader() == .invalid(.noHeader))
    }
}
