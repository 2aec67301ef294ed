import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A device that asks for a port` {
    private var devices = Devices()

    @Test mutating func `gets the one that it wishes for`() {
        let granted = devices.ask(Devices.request(external: 50_000)).granted
        #expect(granted?.external.ports == Sample.ports(50_000))
        #expect(granted?.target.description == "192.168.7.10:51413")
        #expect(granted?.ends == devices.now + 3600)
        #expect(granted?.origin == .device && granted?.lease?.dialect == .pcp)
        #expect(granted?.name.text == "pcp-50000-udp")
    }

    @Test
    mutating func `gets its own port where it wishes for none, and another where that is taken`() {
        #expect(devices.ask(Devices.request()).externalPort == 51_413)
        let second = Devices.request(Devices.asker(.pcp, "192.168.7.20", mac: nil), nonce: 2)
        let port = devices.ask(second).externalPort
        #expect(port != nil && port != 51_413 && (port ?? 0) >= 1024)
    }

    @Test mutating func `is told the same again, whatever it wishes for then`() {
        devices.ask(Devices.request(external: 50_000))
        devices.now = devices.now + 1000
        let again = devices.ask(Devices.request(external: 50_001))
        #expect(again.externalPort == 50_000 && again.granted?.ends == devices.now + 3600)
        #expect(devices.table.count == 1)
    }

    @Test mutating func `finds its pinhole by the number, until it is gone`() {
        let asker = Devices.asker(.upnp, "2001:db8:7::10")
        let request = Devices.request(asker, isPinhole: true)
        let number = devices.ask(request).granted?.lease?.pinhole
        #expect(devices.table.pinholeCount == 1)
        guard let number else { return }
        devices.now = devices.now + 100
        let longer = LeaseExtension(asker, pinhole: number, lifetime: 3600)
        #expect(devices.ask(.extend(longer)).granted?.ends == devices.now + 3600)
        #expect(devices.table.pinhole(number)?.ends == devices.now + 3600)
        #expect(devices.ask(.release(LeaseRelease(asker, .pinhole(number)))).denial == nil)
        #expect(devices.table.pinhole(number) == nil && devices.table.pinholeCount == 0)
        #expect(devices.ask(.extend(longer)).denial == .unknown)
    }

    @Test mutating func `is another device when its hardware address is another`() {
        devices.ask(Devices.request(Devices.asker(.natPMP)))
        let stranger = Devices.asker(.natPMP, mac: "02:00:00:00:00:99")
        #expect(devices.ask(Devices.request(stranger)).denial == .otherDevice)
        let release = LeaseRelease(stranger, .internalPort(.udp, 51_413))
        #expect(devices.ask(.release(release)).denial == .otherDevice)
    }

    @Test(arguments: [
        (Devices.asker(on: "wan0"), LeaseDenial.stranger),
        (Devices.asker(.pcp, "198.51.100.7", on: "br0"), .stranger),
        (Devices.asker(.pcp, "192.168.9.30", on: "br0"), .stranger),
        (Devices.asker(.pcp, "192.168.7.1"), .stranger),
        (Devices.asker(.pcp, "192.168.7.255"), .stranger),
        (Devices.asker(for: "192.168.7.20"), .notOwnAddress),
    ])
    mutating func `is heard only from inside, for itself`(
        asker: LeaseAsker, denial: LeaseDenial
    ) {
        #expect(devices.ask(Devices.request(asker)).denial == denial)
    }

    @Test mutating func `may ask for others if it is a manager`() {
        devices.policy.managers = [Sample.prefix("192.168.7.10/32")]
        let granted = devices.ask(Devices.request(Devices.asker(for: "192.168.7.20"))).granted
        #expect(granted?.target.host == .address(Sample.address("192.168.7.20")))
        let outside = Devices.asker(for: "203.0.113.77")
        #expect(devices.ask(Devices.request(outside)).denial == .notOwnAddress)
    }

    @Test mutating func `gets neither low ports nor services that are attacked at once`() {
        let ssh = Devices.request(Devices.asker(), .tcp, Sample.ports(22), external: 50_022)
        #expect(devices.ask(ssh).denial == .lowPort(22))
        let low = Devices.request(Devices.asker(), .tcp, Sample.ports(50_000), external: 443)
        #expect(devices.ask(low).externalPort == 50_000)
        guard
            case .risky = devices.ask(Devices.request(Devices.asker(), .tcp, Sample.ports(3389)))
                .denial
        else {
            Issue.record("a remote desktop was opened")
            return
        }
    }

    @Test mutating func `gets what a rule lets it have`() {
        devices.policy.rules = [
            LeaseRule(
                device: .prefix(Sample.prefix("192.168.7.10/32")), transports: .tcp,
                ports: Sample.ports(443), verdict: .allow, allowsRisks: true),
            LeaseRule(transports: .udp, ports: Sample.ports(6000, 6999), verdict: .ask),
            LeaseRule(verdict: .deny),
        ]
        let https = Devices.request(Devices.asker(), .tcp, Sample.ports(443))
        #expect(devices.ask(https).externalPort == 443)
        #expect(
            devices.ask(Devices.request(Devices.asker(), .udp, Sample.ports(6500))).denial
                == .awaitsConsent(0))
        var allowed = Devices.request(Devices.asker(), .udp, Sample.ports(6500))
        allowed.isAllowed = true
        #expect(devices.ask(allowed).externalPort == 6500)
        #expect(
            devices.ask(Devices.request(Devices.asker(), .udp, Sample.ports(6500))).externalPort
                == 6500)
        #expect(
            devices.ask(Devices.request(Devices.asker(), .udp, Sample.ports(7000))).denial
                == .rule)
    }

    @Test mutating func `has no more than its share`() {
        devices.policy.perDevice = 2
        for port in [2000, 2001] as [UInt16] {
            let request = Devices.request(Devices.asker(), .udp, Sample.ports(port))
            #expect(devices.ask(request).granted != nil)
        }
        let third = Devices.request(Devices.asker(), .udp, Sample.ports(2002))
        #expect(devices.ask(third).denial == .quota(2))
    }

    @Test mutating func `cannot touch what the operator has made`() {
        let forward = Sample.forward(1, Sample.draft("game", .udp, Sample.ports(51_413)))
        devices.table.insert(forward)
        let told = devices.ask(Devices.request())
        #expect(told.granted == forward && told.changes == [])
        let release = LeaseRelease(
            Devices.asker(), .internalPort(.udp, 51_413), nonce: Devices.nonce(1))
        #expect(devices.ask(.release(release)).denial == .operators)
        let upnp = Devices.asker(.upnp)
        let own = Devices.request(
            upnp, .udp, Sample.ports(9999), external: 51_413, choice: .exactly,
            identity: .externalPort)
        #expect(devices.ask(own).denial == .operators)
        let deletion = LeaseRelease(upnp, .external(.udp, Sample.ports(51_413)))
        #expect(devices.ask(.release(deletion)).denial == .operators)
    }

    @Test mutating func `keeps the port beside its own from others`() {
        devices.ask(Devices.request(Devices.asker(), .tcp, Sample.ports(8100)))
        let other = Devices.asker(.natPMP, "192.168.7.20", mac: nil)
        let port = devices.ask(Devices.request(other, .udp, Sample.ports(8100))).externalPort
        #expect(port != nil && port != 8100)
    }

    @Test mutating func `does not get a port that was another's a moment ago`() {
        devices.resting.insert(
            RestingPort(device: Sample.address("192.168.7.20"), until: devices.now + 60),
            at: PortInTransport(.udp, 51_413))
        #expect(devices.ask(Devices.request()).externalPort != 51_413)
    }

    @Test mutating func `gets a set of ports, or as much of one as there is`() {
        let set = Devices.request(Devices.asker(), .udp, Sample.ports(6000, 6003))
        let granted = devices.ask(set).granted
        #expect(granted?.external.ports == Sample.ports(6000, 6003))
        #expect(devices.ask(set).granted == granted)
    }

    @Test mutating func `opens the firewall for IPv6 at its own port`() {
        let asker = Devices.asker(.pcp, "2001:db8:7::10")
        let granted = devices.ask(
            Devices.request(asker, .udp, Sample.ports(5001), external: 6001)
        ).granted
        #expect(granted?.external.ports == Sample.ports(5001))
        #expect(granted?.active(in: devices.surroundings, at: devices.now)?.isPinhole == true)
        let exact = Devices.request(
            asker, .udp, Sample.ports(5002), external: 6002, choice: .exactly)
        #expect(devices.ask(exact).denial == .cannotProvide)
    }

    @Test mutating func `lets in whom it names, and forgets them when it says so`() {
        let peer = RemotePeer(Sample.prefix("198.51.100.7/32"), port: 5060)
        devices.ask(Devices.request(filters: .add([peer])))
        let more = RemotePeer(Sample.prefix("203.0.113.0/24"))
        var sources = devices.ask(Devices.request(filters: .add([more]))).granted?.sources
        #expect(sources == SourcePolicy(peers: [peer, more]))
        #expect(sources?.allows(Sample.endpoint("198.51.100.7", 5060)) == true)
        #expect(sources?.allows(Sample.endpoint("198.51.100.7", 5061)) == false)
        sources = devices.ask(Devices.request(filters: .replace([]))).granted?.sources
        #expect(sources == .anywhere)
    }

    @Test mutating func `learns where its flow to a peer leaves, and lets only that in`() {
        let peer = Sample.endpoint("198.51.100.7", 443)
        var request = Devices.request(Devices.asker(), .tcp, Sample.ports(50_000), peer: peer)
        request.observed = 50_123
        let granted = devices.ask(request).granted
        #expect(granted?.external.ports == Sample.ports(50_123))
        #expect(granted?.lease?.isForPeers == true)
        let sources = granted?.sources
        #expect(sources?.allows(peer) == true)
        #expect(sources?.allows(Sample.endpoint("198.51.100.7", 444)) == false)
        request.lifetime = 200
        let again = devices.ask(request).granted
        #expect(again?.ends == granted?.ends)
    }
}

@Suite struct `A device that speaks UPnP` {
    private var devices = Devices()
    private let asker = Devices.asker(.upnp)

    private func mapping(
        _ external: UInt16, _ inside: UInt16, _ asker: LeaseAsker? = nil
    ) -> LeaseRequest {
        Devices.request(
            asker ?? self.asker, .tcp, Sample.ports(inside), external: external,
            choice: .exactly, identity: .externalPort, lifetime: 604_800)
    }

    @Test mutating func `overwrites its own mapping and nobody else's`() {
        #expect(devices.ask(mapping(50_000, 2000)).granted?.ends == devices.now + 604_800)
        #expect(devices.ask(mapping(50_000, 2001)).granted?.target.ports == Sample.ports(2001))
        #expect(devices.table.count == 1)
        let other = Devices.asker(.upnp, "192.168.7.20", mac: nil)
        #expect(devices.ask(mapping(50_000, 2000, other)).denial == .taken)
    }

    @Test mutating func `keeps alive what PCP has made, and cannot switch it off`() {
        let made = Devices.request(Devices.asker(), .tcp, Sample.ports(2000), external: 50_000)
        devices.ask(made)
        #expect(devices.ask(mapping(50_000, 2000)).granted != nil)
        var off = mapping(50_000, 2000)
        off.enabled = false
        #expect(devices.ask(off).denial == .nonce)
        #expect(devices.ask(mapping(50_000, 2001)).denial == .nonce)
    }

    @Test mutating func `deletes its own mapping and nobody else's`() {
        devices.ask(mapping(50_000, 2000))
        let other = Devices.asker(.upnp, "192.168.7.20", mac: nil)
        let which = LeaseRelease.Which.external(.tcp, Sample.ports(50_000))
        #expect(devices.ask(.release(LeaseRelease(other, which))).denial == .notOwnAddress)
        #expect(devices.ask(.release(LeaseRelease(asker, which))).changes.count == 1)
        #expect(devices.ask(.release(LeaseRelease(asker, which))).denial == .unknown)
    }

    @Test mutating func `knows its pinholes by numbers, which are no use to others`() throws {
        let asker = Devices.asker(.upnp, "2001:db8:7::10")
        let request = Devices.request(asker, .tcp, Sample.ports(8100), isPinhole: true)
        let granted = try #require(devices.ask(request).granted)
        let number = try #require(granted.lease?.pinhole)
        #expect(devices.ask(request).granted?.lease?.pinhole == number)
        let other = Devices.asker(.upnp, "2001:db8:7::20", mac: nil)
        let longer = LeaseExtension(asker, pinhole: number, lifetime: 7200)
        #expect(devices.ask(.extend(longer)).granted?.ends == devices.now + 7200)
        let successor = Devices.asker(.upnp, "2001:db8:7::10", mac: "02:00:00:00:00:99")
        let stolen = LeaseRelease(successor, .pinhole(number))
        #expect(devices.ask(.release(stolen)).denial == .otherDevice)
        #expect(
            devices.ask(.release(LeaseRelease(other, .pinhole(number)))).denial == .notOwnAddress)
        #expect(devices.ask(.release(LeaseRelease(asker, .pinhole(number)))).changes.count == 1)
        #expect(devices.ask(.extend(longer)).denial == .unknown)
    }
}
