import Addressing
import Forwarding
import LinuxKit
import Logging
import NIOCore
import NIOPosix
import Wire

/// Serves PCP (RFC 6887) and NAT-PMP (RFC 6886), which share a port.
///
/// Theory of operation. Each of the gateway's addresses inside has a socket of its own, bound to it and
/// to the interface. All are on one event loop: what there is to do is done by the desk. When mappings
/// or the external address are others than devices know, all are told, again and again with growing
/// pauses, as datagrams get lost; what happens meanwhile begins the series anew.
actor PortControlServer: DialectServer {
    fileprivate struct Place: Hashable {
        var interface: InterfaceName
        var address: IPAddress
    }

    private let control: PortControl
    private let desk: any LeaseDesk
    private let limits: RequestLimits
    private let socket: LANSocketMaking
    private let log: Logger
    private let clock = OutsideClock()
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private var doors: [Place: PortDoor] = [:]
    private var gates: [InterfaceName: RequestGate] = [:]
    private var lans: [LAN] = []
    private var announcing: Task<Void, Never>?
    private var updates = MappingUpdates()
    private var updating: Task<Void, Never>?
    private var reopening: Task<Void, Never>?
    /// Where no socket can be had; said once.
    private var missing: Set<Place> = []
    private var hasStopped = false

    init(
        _ control: PortControl, desk: any LeaseDesk, limits: RequestLimits = .standard,
        socket: @escaping LANSocketMaking = LANSocket.making, log: Logger
    ) {
        self.control = control
        self.desk = desk
        self.limits = limits
        self.socket = socket
        self.log = log
    }

    func follow(_ lans: [LAN], _ standing: ExternalStanding) async {
        clock.follow(standing)
        self.lans = lans
        if await openAndClose() { announce() }
    }

    func tell(_ event: LeaseEvent, _ standing: ExternalStanding) async {
        clock.follow(standing)
        switch event {
        case .addressChanged:
            announce()
            guard control.pcp else { return }
            let book = await desk.leasesAsTold()
            for forward in book.forwards { update(forward, isGone: false) }
        case .changed(let forward, let isGone): update(forward, isGone: isGone)
        case .bookChanged, .networkChanged: return
        }
    }

    func stop() async {
        hasStopped = true
        for task in [announcing, updating, reopening] { task?.cancel() }
        lans = []
        _ = await openAndClose()
    }
}

/// Sockets.
extension PortControlServer {
    /// - Returns: whether there are sockets that were not there before.
    private func openAndClose() async -> Bool {
        let wanted = Dictionary(
            lans.flatMap { lan in served(lan).map { (Place(lan, $0), lan) } },
            uniquingKeysWith: { first, _ in first })
        for (place, door) in doors {
            if let lan = wanted[place] {
                door.site.follow(lan)
            } else {
                doors[place] = nil
                try? await door.channel.close()
            }
        }
        gates = gates.filter { gate in lans.contains { $0.interface == gate.key } }
        var isNew = false
        for (place, lan) in wanted where doors[place] == nil {
            if await open(place, lan) { isNew = true }
        }
        return isNew
    }

    /// NAT-PMP knows no IPv6.
    private func served(_ lan: LAN) -> [IPAddress] {
        control.pcp ? lan.addresses : lan.addresses.filter { $0.family == .v4 }
    }

    private func isWanted(_ place: Place) -> Bool {
        lans.contains { $0.interface == place.interface && served($0).contains(place.address) }
    }

    private func open(_ place: Place, _ lan: LAN) async -> Bool {
        let gate = gates[place.interface] ?? RequestGate(limits)
        gates[place.interface] = gate
        let site = PortSite(lan, place.address, control, desk, clock, gate)
        do {
            let endpoint = Endpoint(place.address, PCP.serverPort)
            let descriptor = try await socket(
                PortDoor.socket(at: place.address), endpoint, place.interface)
            let door = try await PortDoor.open(site, descriptor, on: loop)
            // Meanwhile another call may have opened it, or it is no longer wanted.
            guard doors[place] == nil, isWanted(place) else {
                try? await door.channel.close()
                return false
            }
            doors[place] = door
            missing.remove(place)
            door.channel.closeFuture.whenComplete { [weak self] _ in
                Task { await self?.closed(place, door) }
            }
            return true
        } catch {
            if missing.insert(place).inserted {
                log.warning(
                    "devices cannot ask at \(place.address) on \(place.interface): \(error)")
            }
            reopenLater()
            return false
        }
    }

    /// Not by us: something could not be sent or received, as when an interface goes.
    private func closed(_ place: Place, _ door: PortDoor) {
        guard doors[place]?.channel === door.channel else { return }
        doors[place] = nil
        reopenLater()
    }

    /// An IPv6 address cannot be had until nobody else is known to have it, which takes some seconds.
    private func reopenLater() {
        guard reopening == nil, !hasStopped else { return }
        reopening = Task {
            try? await Task.sleep(for: .seconds(1))
            reopening = nil
            guard !Task.isCancelled else { return }
            if await openAndClose() { announce() }
        }
    }
}

/// What devices are told without having asked.
extension PortControlServer {
    private func announce() {
        announcing?.cancel()
        announcing = Task {
            var sent = 0
            while !Task.isCancelled {
                for door in doors.values { door.announce() }
                guard let wait = DoublingWaits.announcements.wait(after: sent) else { return }
                sent += 1
                try? await Task.sleep(for: wait)
            }
        }
    }

    private func update(_ forward: Forward, isGone: Bool) {
        guard control.pcp else { return }
        updates.add(MappingUpdates.Update(forward: forward, isGone: isGone), at: .now)
        guard updating == nil, !updates.isEmpty else { return }
        updating = Task {
            while !Task.isCancelled, !updates.isEmpty {
                let due = updates.next(at: .now)
                if !due.isEmpty { send(due, at: await desk.leases().now) }
                try? await Task.sleep(for: MappingUpdates.pace)
            }
            updating = nil
        }
    }

    private func send(_ due: [MappingUpdates.Update], at now: Timestamp) {
        for update in due {
            guard let (place, messages) = update.messages(clock.outside(), at: now) else {
                continue
            }
            let door = doors.values.filter { $0.site.holds(place.address) }
                .min { $0.site.address < $1.site.address }
            for bytes in messages { door?.send(bytes, to: place) }
        }
    }
}

extension PortControlServer.Place {
    fileprivate init(_ lan: LAN, _ address: IPAddress) {
        self.init(interface: lan.interface, address: address)
    }
}
