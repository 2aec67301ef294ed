package import Addressing
package import Forwarding

/// Random schedules and limits, for any test that makes forwards.
extension Gen {
    /// Mostly none.
    package mutating func limits() -> Limits {
        guard oneIn(3) else { return .none }
        return Limits(
            connections: oneIn(3) ? UInt32(int(1...1000)) : nil,
            connectionsPerSource: oneIn(3) ? UInt32(int(1...50)) : nil,
            rate: oneIn(3) ? rate() : nil, ratePerSource: oneIn(3) ? rate() : nil,
            monthly: oneIn(3) ? UInt64(int(1_000_000...2_000_000_000)) : nil,
            bandwidth: oneIn(3) ? UInt64(int(1000...1_000_000)) * 8 : nil)
    }

    private mutating func rate() -> ConnectionRate {
        ConnectionRate(UInt32(int(1...500)), per: pick(ConnectionRate.Unit.allCases))
    }

    /// Mostly none; the targets are as wide as the external ports.
    package mutating func relayTerms(_ external: PortRange) -> RelayTerms {
        guard oneIn(4) else { return .none }
        var terms = RelayTerms(
            engine: oneIn(6) ? pick(EngineWish.allCases) : .automatic,
            proxy: oneIn(5) ? pick(StreamProxy.allCases) : nil,
            datagramProxy: oneIn(5) ? pick(DatagramProxy.allCases) : nil,
            balance: pick(Balance.allCases), refusesOtherNames: oneIn(6),
            isTransparent: oneIn(6), crossesFamilies: oneIn(4),
            flowBandwidth: oneIn(5) ? UInt64(int(1000...1_000_000)) * 8 : nil,
            timeouts: relayTimeouts())
        if oneIn(5) { terms.trustedProxies = ["10.0.0.0/8", "2001:db8::/32"].map(Sample.prefix) }
        if oneIn(3) { terms.spares = (0..<int(1...3)).map { _ in furtherTarget(external) } }
        if oneIn(4) {
            terms.check = HealthCheck(
                interval: UInt32(int(1...3600)), fall: UInt32(int(1...5)), rise: UInt32(int(1...5)))
        }
        if oneIn(4) { terms.routes = (0..<int(1...3)).compactMap { _ in route(external) } }
        return terms
    }

    private mutating func relayTimeouts() -> RelayTimeouts {
        func some(_ gen: inout Gen) -> UInt32? {
            gen.oneIn(6) ? UInt32(gen.int(1...86_400)) : nil
        }
        return RelayTimeouts(
            connect: some(&self), idle: some(&self), halfOpen: some(&self),
            firstDatagram: some(&self), datagrams: some(&self))
    }

    private mutating func furtherTarget(_ external: PortRange) -> Target {
        let hosts = [
            "192.168.7.11", "2001:db8:7::11", "nas.lan", "02:00:00:00:00:01", "127.0.0.1", "::1",
            "unix:/run/an app%20.sock",
        ]
        let target = try? ForwardSpelling.target(pick(hosts), external: external)
        guard var target else { preconditionFailure("no target") }
        if oneIn(3), case .address = target.host {
            target.ports = external.moved(to: 1) ?? external
        }
        return target
    }

    private mutating func route(_ external: PortRange) -> NameRoute? {
        let names = ["www.example.com", "*.example.com", "a.example.net"]
        return NamePattern(pick(names)).map {
            NameRoute(name: $0, target: furtherTarget(external))
        }
    }

    /// One that the sample's clock finds open, closed, or going on to change.
    package mutating func weeklySchedule() -> Schedule? {
        let days = Weekday.allCases.filter { _ in oneIn(2) } + [pick(Weekday.allCases)]
        guard let from = TimeOfDay(minutes: int(0...1439)),
            let to = TimeOfDay(minutes: int(0...1440)),
            let window = try? Schedule.Window(Weekdays(days), from: from, to: to)
        else { return nil }
        return try? Schedule([window])
    }
}
