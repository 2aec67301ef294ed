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
/// addresses is void then.
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
            rates: ChangeRates(terms.limits.changes), reading: reading)
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
        let isChange = lans != self.lans
        self.lans = lans
        await closeUnwanted()
        if isChange { boot = max(boot &+ 1, UInt32(clamping: standing.now.seconds)) }
        await openMissing()
        if isChange { announce() }
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

    private func openMissing() async {
        for lan in lans {
            for address in lan.addresses { await open(Place(lan: lan, address: address)) }
            if searches[lan] == nil { await openSearch(lan) }
        }
        retrying?.cancel()
        guard !missing.isEmpty else { return }
        // An address that is still being checked for another owner is to be had a moment later.
        retrying = Task { [weak self] in
            try? await Task.sleep(for: .seconds(3))
            guard !Task.isCancelled else { return }
            await self?.reopen()
        }
    }

    private func reopen() async {
        for lan in Set(missing.map(\.lan)) {
            await searches.removeValue(forKey: lan)?.close()
        }
        await openMissing()
        if missing.isEmpty { announce() }
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
    /// Goodbye clears what was known before; then twice, as datagrams get lost, and again and again.
    private func announce() {
        announcing?.cancel()
        announcing = Task { [weak self] in
            await self?.say { $0.byebye($1, to: $2) }
            for pause in [Int64.random(in: 50...150), Int64.random(in: 300...600)] {
                try? await Task.sleep(for: .milliseconds(pause))
                guard !Task.isCancelled else { return }
                await self?.say { $0.alive($1, to: $2) }
            }
            while !Task.isCancelled {
                // Less than half of the time for which it is believed (1800 s).
                try? await Task.sleep(for: .seconds(Int64.random(in: 780...900)))
                guard !Task.isCancelled, let self else { return }
                await self.say { $0.alive($1, to: $2) }
            }
        }
    }

    private func say(_ message: (SSDPVoice, SSDPEntry, SSDPGroup) -> [UInt8]) {
        for search in searches.values { search.desk.announce(message) }
    }
}
