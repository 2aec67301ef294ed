import Addressing
import Forwarding
import TestKit
import Testing

/// What one device can do to the others, or in the name of another.
@Suite struct `A device among others` {
    private var devices = Devices()

    /// Takes a set of ports and gives it back at once, as often as it likes.
    private mutating func takeAndGiveBack(_ rounds: Int, from source: String, mac: String?) -> Int {
        var given = 0
        for round in 0..<rounds {
            let start = UInt16(1024 + round * 1000)
            let asker = Devices.asker(.pcp, source, mac: mac)
            let set = Devices.request(
                asker, .udp, Sample.ports(start, start + 999), external: start, nonce: 1)
            guard let forward = devices.ask(set).granted else { continue }
            given += forward.external.ports.count
            let which = LeaseRelease.Which.internalPort(.udp, start)
            devices.ask(.release(LeaseRelease(asker, which, nonce: Devices.nonce(1))))
            for port in forward.external.ports.ports {
                devices.resting.insert(
                    RestingPort(
                        device: asker.device, mac: asker.mac, until: devices.now + Leasing.rest),
                    at: PortInTransport(.udp, port))
            }
        }
        return given
    }

    @Test mutating func `does not keep all ports from others by giving them back`() {
        let mac = "02:00:00:00:00:10"
        let given = takeAndGiveBack(60, from: "192.168.7.10", mac: mac)
        #expect(given <= LeasePolicy.mostPorts)
        // Nor by another of its addresses.
        #expect(
            takeAndGiveBack(60, from: "192.168.7.11", mac: mac) + given <= LeasePolicy.mostPorts)
        let other = Devices.asker(.pcp, "192.168.7.20", mac: "02:00:00:00:00:20")
        #expect(devices.ask(Devices.request(other, .udp, Sample.ports(2000))).granted != nil)
        devices.now = devices.now + Leasing.rest
        devices.resting.forget(devices.now)
        #expect(devices.resting.count == 0)
        #expect(takeAndGiveBack(2, from: "192.168.7.10", mac: mac) == 2000)
    }

    @Test mutating func `has one quota for all of its addresses`() {
        devices.policy.perDevice = 3
        var given = 0
        for host in 10..<20 {
            let asker = Devices.asker(.natPMP, "192.168.7.\(host)", mac: "02:00:00:00:00:10")
            let request = Devices.request(asker, .udp, Sample.ports(UInt16(50_000 + host)))
            given += devices.ask(request).granted == nil ? 0 : 1
        }
        #expect(given == 3)
        let other = Devices.asker(.natPMP, "192.168.7.30", mac: "02:00:00:00:00:30")
        #expect(devices.ask(Devices.request(other)).granted != nil)
    }

    @Test(arguments: [MappingDialect.natPMP, .upnp, .pcp])
    mutating func `cannot have a mapping of PCP end early without its nonce`(
        dialect: MappingDialect
    )
        throws
    {
        let made = try #require(devices.ask(Devices.request(lifetime: 80_000)).granted)
        let asker = Devices.asker(dialect)
        let short = Devices.request(asker, lifetime: 1, nonce: 99)
        let after = devices.ask(short).granted
        #expect(after?.ends == made.ends, "\(dialect)")
        let long = Devices.request(asker, lifetime: 86_400, nonce: 99)
        #expect(try #require(devices.ask(long).granted?.ends) > #require(made.ends))
        // With its nonce it may.
        #expect(
            try #require(devices.ask(Devices.request(lifetime: 200)).granted?.ends) < #require(
                made.ends))
    }

    @Test mutating func `is allowed for good the port at the device, not a low one outside`() throws
    {
        devices.policy.otherwise = .ask
        let mac = try #require(MACAddress("02:00:00:00:00:10"))
        devices.policy.consents = [
            LeaseConsent(device: .mac(mac), transport: .udp, port: 51_413, isAllowed: true)
        ]
        #expect(devices.ask(Devices.request(external: 50_000)).externalPort == 50_000)
        let low = Devices.request(
            Devices.asker(), .udp, external: 22, choice: .exactly, nonce: 1)
        devices.table = ForwardingTable()
        #expect(devices.ask(low).granted == nil)
    }

    @Test mutating func `of UPnP deletes of a range what it may, and the rest stays`() {
        let upnp = Devices.asker(.upnp)
        for port in [6000, 6002] as [UInt16] {
            devices.ask(
                Devices.request(
                    upnp, .udp, Sample.ports(port), external: port, choice: .exactly,
                    identity: .externalPort))
        }
        devices.ask(Devices.request(Devices.asker(), .udp, Sample.ports(6001), external: 6001))
        let range = LeaseRelease(upnp, .external(.udp, Sample.ports(6000, 6002)))
        let outcome = devices.ask(.release(range))
        #expect(outcome.denial == nil)
        #expect(devices.table.leases.map(\.external.ports) == [Sample.ports(6001)])
    }

    @Test mutating func `that insists on another place than the operator's is refused`() {
        let standing = Sample.forward(
            1, Sample.draft("web", .tcp, Sample.ports(9000), targetPorts: Sample.ports(443)))
        devices.table.insert(standing)
        func wish(_ external: UInt16?, _ filters: FilterChange = .add([])) -> LeaseRequest {
            Devices.request(
                Devices.asker(), .tcp, Sample.ports(443), external: external, choice: .exactly,
                filters: filters)
        }
        #expect(devices.ask(wish(9000)).granted?.name.text == "web")
        #expect(devices.ask(wish(9001)).denial == .cannotProvide)
        var elsewhere = wish(9000)
        elsewhere.address = Sample.address("8.8.8.8")
        #expect(devices.ask(elsewhere).denial == .cannotProvide)
        let peer = RemotePeer(Prefix(Sample.address("198.51.100.7")), port: 0)
        #expect(devices.ask(wish(nil, .add([peer]))).denial == .operators)
    }
}
