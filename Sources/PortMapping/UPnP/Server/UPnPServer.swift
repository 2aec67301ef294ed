import Addressing
import Forwarding
import LinuxKit
import Logging
import NIOCore
import NIOPosix
import Wire

/// Serves UPnP: an Internet Gateway Device on each network inside.
///
/// Theory of operation. On each of our addresses inside there is a port for HTTP, and on each network the
/// sockets of the search protocol. When a network's addresses change all its sockets are closed, after a
/// goodbye, and opened anew, and the number of the boot grows: what control points know of the old
/// addresses is void then. Networks that stay as they are hear of the new number by an update, and no
/// goodbye, which would cost their control points what they have subscribed to.
actor UPnPServer: DialectServer {
    struct Place: Hashable {
        var lan: LAN
        var address: IPAddress
    }

    let settings: MappingSettings
    let terms: UPnPTerms
    nonisolated let site: UPnPSite
    let socket: LANSocketMaking
    let counts: ConnectionCounts
    let clock = StandingClock()
    let log: Logger
    let loop = MultiThreadedEventLoopGroup.singleton.next()

    var doors: [Place: WebDoor] = [:]
    var searches: [LAN: SearchDoor] = [:]
    private var lans: [LAN] = []
    private var boot: UInt32 = 0
    private var announcing: Task<Void, Never>?
    private var retrying: Task<Void, Never>?
    private var missing: Set<Place> = []

    init?(
        _ settings: MappingSettings, _ terms: UPnPTerms, desk: any LeaseDesk,
        socket: @escaping LANSocketMaking = LANSocket.making,
        reading: @escaping LinkReader = LinkReading.ofKernel, log: Logger
    ) {
        guard settings.dialects.contains(.upnp),
            let identity = IGDIdentity(terms, isAlwaysFirst: settings.isAlwaysFirstVersion)
        else { return nil }
        let control = IGDControl(
            desk: desk, settings: settings, identity: identity, shelf: MappingShelf(desk),
            changes: RequestGate(ofChanges: terms.limits.changes), reading: reading)
        let delivery = EventDelivery(socket: socket, loop: loop)
        let events = EventHub(
            terms.limits, values: { await control.eventedValues(of: $0, for: $1) },
            deliver: { await delivery.deliver($0, to: $1, in: $2) })
        site = UPnPSite(
            control: control, events: events, settings: settings,
            offer: IGDOffer(includesPPP: true),
            server: "Linux UPnP/1.1 \(terms.product)/\(terms.version)")
        (self.settings, self.terms, self.socket) = (settings, terms, socket)
        (counts, self.log) = (ConnectionCounts(terms.limits), log)
    }

    func follow(_ lans: [LAN], _ standing: ExternalStanding) async {
        clock.follow(standing)
        let lans = lans.map(\.sorted)
        guard lans != self.lans || !missing.isEmpty else { return }
        let joined = Set(lans).subtracting(self.lans)
        self.lans = lans
        await closeUnwanted()
        if !joined.isEmpty { raiseBoot() }
        await openDoors()
        await openSearches()
        if !joined.isEmpty { announce(joined) }
    }

    func tell(_ event: LeaseEvent, _ standing: ExternalStanding) async {
        clock.follow(standing)
        switch event {
        case .bookChanged: site.control.shelf.turnOver()
        case .changed: site.control.shelf.discard()
        case .addressChanged, .networkChanged: break
        }
        await site.events.stir()
    }

    func stop() async {
        lans = []
        for task in [announcing, retrying] { task?.cancel() }
        await closeUnwanted()
        await site.events.stop()
    }
}

extension LAN {
    /// The same in one order, so that what is the same looks the same.
    fileprivate var sorted: LAN {
        var sorted = self
        sorted.addresses.sort()
        sorted.prefixes = Array(Set(prefixes)).sorted()
        return sorted
    }
}

/// Sockets.
extension UPnPServer {
    private func closeUnwanted() async {
        let gone = searches.filter { !lans.contains($0.key) }
        for (lan, search) in gone {
            searches[lan] = nil
            search.desk.announce { $0.byebye($1, to: $2) }
            await search.close()
        }
        for (place, door) in doors where !lans.contains(place.lan) {
            doors[place] = nil
            try? await door.channel.close()
        }
        missing = missing.filter { lans.contains($0.lan) }
        await site.events.keep(lans)
    }

    private func openDoors() async {
        for lan in lans {
            for address in lan.addresses { await open(Place(lan: lan, address: address)) }
        }
    }

    private func openSearches() async {
        for lan in lans where searches[lan] == nil { await openSearch(lan) }
        retrying?.cancel()
        guard !missing.isEmpty else { return }
        // An address that is still being checked for another owner is to be had a moment later.
        retrying = Task { [weak self] in
            try? await Task.sleep(for: .seconds(3))
            guard !Task.isCancelled else { return }
            await self?.reopen()
        }
    }

    /// A network whose missing address is there now is one that has changed.
    private func reopen() async {
        let before = missing
        await openDoors()
        let joined = Set(before.subtracting(missing).map(\.lan))
        for lan in joined { await searches.removeValue(forKey: lan)?.close() }
        if !joined.isEmpty { raiseBoot() }
        await openSearches()
        if !joined.isEmpty { announce(joined) }
    }

    private func open(_ place: Place) async {
        guard doors[place] == nil else { return }
        do {
            let endpoint = Endpoint(place.address, settings.upnpPort)
            let descriptor = try await socket(.stream, endpoint, place.lan.interface)
            let door = try await WebDoor.open(
                site, place.lan, descriptor, counts, terms.limits, on: loop)
            guard doors[place] == nil, lans.contains(place.lan) else {
                try? await door.channel.close()
                return
            }
            doors[place] = door
            missing.remove(place)
        } catch {
            guard missing.insert(place).inserted else { return }
            log.warning(
                "UPnP is not served at \(place.address): \(error)",
                metadata: ["interface": "\(place.lan.interface)"])
        }
    }

    private func openSearch(_ lan: LAN) async {
        let found = SSDPPresence(
            site.control.identity, settings.isAlwaysFirstVersion ? .one : .two, site.offer)
        let desk = SearchDesk(lan, found, date: { [clock] in clock.date })
        let (door, problems) = await SearchDoor.open(desk, voice: voice, socket, on: loop)
        guard searches[lan] == nil, lans.contains(lan) else { return await door.close() }
        searches[lan] = door
        for problem in problems where missing.isEmpty {
            log.warning(
                "UPnP is not found at \(problem)", metadata: ["interface": "\(lan.interface)"])
        }
    }

    private func voice(_ address: IPAddress) -> SSDPVoice {
        let place = Endpoint(address, settings.upnpPort)
        return SSDPVoice(
            location: "http://\(place)\(IGDFace.two.descriptionPath)", server: site.server,
            boot: boot, configuration: site.control.identity.configuration)
    }
}

/// Announcements.
extension UPnPServer {
    /// Those who are here already are told before (UPnP Device Architecture 1.1 section 1.2.4).
    private func raiseBoot() {
        let next = max(boot &+ 1, UInt32(clamping: clock.now.seconds))
        for search in searches.values {
            search.desk.announce { $0.update($1, nextBoot: next, to: $2) }
            search.desk.follow(boot: next)
        }
        boot = next
    }

    /// Goodbye clears what was known before where we come anew; then all hear twice of us, as datagrams
    /// get lost, and again and again.
    private func announce(_ joined: Set<LAN>) {
        for lan in joined { searches[lan]?.desk.announce { $0.byebye($1, to: $2) } }
        announcing?.cancel()
        announcing = Task { [weak self] in
            for pause in [Int64.random(in: 50...150), Int64.random(in: 300...600)] {
                try? await Task.sleep(for: .milliseconds(pause))
                guard !Task.isCancelled else { return }
                await self?.sayAlive()
            }
            while !Task.isCancelled {
                // Less than half of the time for which it is believed (1800 s).
                try? await Task.sleep(for: .seconds(Int64.random(in: 780...900)))
                guard !Task.isCancelled, let self else { return }
                await self.sayAlive()
            }
        }
    }

    private func sayAlive() {
        for search in searches.values { search.desk.announce { $0.alive($1, to: $2) } }
    }
}
