import Addressing
import Reflection
import TestKit
import Testing
import Wire

/// What a STUN server makes of a datagram, without a socket.
@Suite struct `Reflections` {
    private static let a1p1 = Sample.endpoint("203.0.113.9", 3478)
    private static let a1p2 = Sample.endpoint("203.0.113.9", 3479)
    private static let a2p1 = Sample.endpoint("198.51.100.7", 3478)
    private static let a2p2 = Sample.endpoint("198.51.100.7", 3479)
    private static let client = Sample.endpoint("192.0.2.5", 40_000)

    private let alone = ReflectionPlaces(at: a1p1)

    private func whole() throws -> ReflectionPlaces {
        try #require(ReflectionPlaces(at: Self.a1p1, other: Self.a2p2))
    }

    private func request(_ change: STUNChange? = nil) throws -> STUNBindingRequest {
        try #require(STUNBindingRequest(transaction: 1...12, change: change))
    }

    private func answer(
        _ places: ReflectionPlaces, _ request: STUNBindingRequest, at place: Int = 0
    ) throws -> (answer: STUNBindingAnswer?, sent: Reflection) {
        let sent = try #require(
            places.reflection(of: request.bytes, from: Self.client, at: place))
        return (STUNBindingAnswer(sent.bytes, to: request), sent)
    }

    @Test func `four places differ in address and port`() throws {
        #expect(try whole().all == [Self.a1p1, Self.a1p2, Self.a2p1, Self.a2p2])
        #expect(ReflectionPlaces(at: Self.a1p1, other: Self.a2p1) == nil)
        #expect(ReflectionPlaces(at: Self.a1p1, other: Self.a1p2) == nil)
        #expect(
            ReflectionPlaces(at: Self.a1p1, other: Sample.endpoint("2001:db8::7", 3479)) == nil)
    }

    @Test func `with one place the client's address is said, and no more`() throws {
        let (answer, sent) = try answer(alone, try request())
        #expect(answer == .seen(STUNSighting(Self.client)))
        #expect(sent.bytes.count == 32)
        #expect(sent.place == 0 && sent.destination == Self.client)
    }

    static let changes: [(STUNChange, at: Int, from: Int)] = [
        ([], 0, 0), (.port, 0, 1), (.address, 0, 2), ([.address, .port], 0, 3),
        ([], 3, 3), (.port, 3, 2), (.address, 3, 1), ([.address, .port], 2, 1),
    ]

    @Test(arguments: changes)
    func `with four places the answer comes from where it is wanted, and says so`(
        change: STUNChange, asked: Int, from: Int
    ) throws {
        let places = try whole()
        let (answer, sent) = try answer(places, try request(change), at: asked)
        #expect(sent.place == from)
        #expect(
            answer
                == .seen(
                    STUNSighting(
                        Self.client, origin: places.all[from], other: places.all[3 - asked])))
    }

    @Test func `with one place behaviour discovery is refused with its attributes named`() throws {
        let (changed, _) = try answer(alone, try request(.port))
        #expect(changed == .refused(code: 420, notUnderstood: [0x0003]))
        var request = try request([])
        (request.responsePort, request.padding) = (5000, 8)
        let (all, sent) = try answer(alone, request)
        #expect(all == .refused(code: 420, notUnderstood: [0x0003, 0x0026, 0x0027]))
        #expect(sent.destination == Self.client)
    }

    @Test func `an answer goes to the port that was asked for, padding comes back as long`() throws
    {
        var request = try request()
        request.responsePort = 5000
        let (_, sent) = try answer(try whole(), request)
        #expect(sent.destination == Endpoint(Self.client.address, 5000))
        request.padding = 400
        #expect(try answer(try whole(), request).answer == .refused(code: 400))
        request.responsePort = nil
        #expect(try answer(try whole(), request).sent.bytes.count == 468 + 4)
    }

    @Test(
        arguments: [
            ("255.255.255.255", 4000), ("224.0.0.1", 4000), ("240.0.0.1", 4000), ("0.0.0.0", 4000),
            ("192.0.2.5", 0), ("192.0.2.5", 19), ("192.0.2.5", 53), ("192.0.2.5", 123),
            ("192.0.2.5", 1900), ("ff02::1", 4000), ("::", 4000), ("::ffff:192.0.2.5", 4000),
        ] as [(String, UInt16)])
    func `who may be forged is not answered`(address: String, port: UInt16) throws {
        let bytes = try request().bytes
        for places in [alone, try whole()] {
            #expect(
                places.reflection(of: bytes, from: Sample.endpoint(address, port), at: 0) == nil)
        }
    }

    @Test(arguments: [0, 19, 53, 123, 1900] as [UInt16])
    func `an answer is sent to no port that is misused`(port: UInt16) throws {
        var request = try request()
        request.responsePort = port
        #expect(
            try whole().reflection(of: request.bytes, from: Self.client, at: 0) == nil)
    }

    @Test func `what is no request has no answer, an answer least of all`() throws {
        let answer = STUNBindingAnswer.seen(STUNSighting(Self.client)).bytes(to: try request())
        for bytes in [answer, [], [0, 1], [UInt8](repeating: 0, count: 20)] {
            #expect(alone.reflection(of: bytes, from: Self.client, at: 0) == nil)
        }
    }

    @Test(arguments: Seed.batch(300))
    func `nothing that comes makes the server send much more`(seed: Seed) throws {
        var gen = Gen(seed)
        var bytes = try request(gen.oneIn(2) ? [.address, .port] : nil).bytes
        bytes += (0..<gen.int(0...3)).flatMap { _ -> [UInt8] in
            [0, gen.pick([0x03, 0x26, 0x27, 0x24]), 0, 4, 0, UInt8(gen.int(0...255)), 0, 0]
        }
        (bytes[2], bytes[3]) = (0, UInt8(bytes.count - 20))
        let sent = try whole().reflection(of: bytes, from: Self.client, at: gen.int(0...3))
        #expect((sent?.bytes.count ?? 0) <= bytes.count + 48)
    }
}

@Suite struct `Rates of sources` {
    private let source = Sample.address("192.0.2.5")

    @Test func `a source has ten answers a second`() {
        var rates = SourceRates()
        let first = (0..<30).count { _ in rates.admit(source, at: 7) }
        #expect(first == 10)
        let other = rates.admit(Sample.address("192.0.2.6"), at: 7)
        let later = (0..<30).count { _ in rates.admit(source, at: 8) }
        #expect(other && later == 10)
    }

    @Test func `an IPv6 source is its /64`() {
        var rates = SourceRates()
        let admitted = (0..<30).count {
            rates.admit(.v6(IPv6Address(high: 0x2001_0db8 << 32, low: UInt64($0))), at: 1)
        }
        #expect(admitted == 10)
        let next = rates.admit(.v6(IPv6Address(high: 0x2001_0db8 << 32 | 1, low: 0)), at: 1)
        #expect(next)
    }

    @Test func `there are so many sources and no more until the next second`() {
        var rates = SourceRates()
        let most = UInt32(SourceRates.mostSources)
        let admitted = (0..<most + 100).count {
            rates.admit(.v4(IPv4Address(bits: $0)), at: 1)
        }
        #expect(admitted == Int(most))
        let known = rates.admit(.v4(IPv4Address(bits: 0)), at: 1)
        let later = rates.admit(.v4(IPv4Address(bits: most + 1)), at: 2)
        #expect(known && later)
    }
}
