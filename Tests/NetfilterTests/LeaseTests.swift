import Addressing
import Forwarding
import TestKit
import Testing

/// Leases end in the kernel, by its clock; so the time is the real one here.
@Suite struct Leases {
    static let wan = "203.0.113.5"
    static let me = "203.0.113.9"

    private func draft(
        _ name: String, _ port: UInt16, ends: EndTime, targetPort: UInt16 = 8443
    ) -> ForwardDraft {
        Sample.draft(
            name, .udp, Sample.ports(port), targetPorts: Sample.ports(targetPort), ends: ends)
    }

    @Test func `a lease stops new flows and old ones although no engine runs`() async throws {
        try await Lab.with { lab in
            let start = Timestamp.present
            var engine: LabEngine? = try await LabEngine.leasing(
                draft("short", 1000, ends: .at(start + 4)),
                draft("extended", 1001, ends: .at(start + 4)),
                draft("long", 1002, ends: .at(start + 3600)),
                draft("endless", 1003, ends: .never), on: lab)
            try engine?.put(2, draft("extended", 1001, ends: .at(start + 7200)))
            engine = nil
            try await lab.gateway.untilNobodyOwnsTables()

            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            var callers: [Caller] = []
            for port in 1000...1003 as ClosedRange<UInt16> {
                let caller = try await Caller.on(
                    lab.internet, from: Self.me, port: 39000 + port, to: Self.wan, port)
                #expect(try caller.reaches(server), "\(port)")
                callers.append(caller)
            }
            let hasStopped = await eventually(within: 10) {
                (try? callers[0].reaches(server, within: 50)) == false
            }
            #expect(hasStopped)
            #expect(Timestamp.present >= start + 3)
            let knock = try await lab.internet.knock(.udp, at: Sample.endpoint(Self.wan, 1000))
            #expect(knock == .silence)
            for caller in callers[1...] { #expect(try caller.reaches(server)) }

            // The next engine finds it over, and cleans up.
            let next = try await LabEngine.open(on: lab)
            next.settings.now = .present
            let left: [(UInt16, ForwardDraft)] = [
                (2, draft("extended", 1001, ends: .at(start + 7200))),
                (3, draft("long", 1002, ends: .at(start + 3600))),
                (4, draft("endless", 1003, ends: .never)),
            ]
            let report = try next.carry(left.compactMap { next.active($0, $1) })
            #expect(report.flowsEnded == 1 && report.adopted == 3 && report.flowFailure == nil)
            for caller in callers[1...] { #expect(try caller.reaches(server)) }
        }
    }

    @Test func `a lease that is over can be removed, renewed and changed`() async throws {
        try await Lab.with { lab in
            let start = Timestamp.present
            let engine = try await LabEngine.leasing(
                draft("one", 1000, ends: .at(start + 1)),
                draft("two", 1001, ends: .at(start + 1)),
                draft("three", 1002, ends: .at(start + 1)), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let other = try await Wire.listening(.udp, on: lab.lan1, 8444)
            let callers = [
                try await Caller.on(
                    lab.internet, from: Self.me, port: 40001, to: Self.wan, 1001),
                try await Caller.on(
                    lab.internet, from: Self.me, port: 40002, to: Self.wan, 1002),
            ]
            #expect(
                await eventually(within: 10) {
                    (try? callers[0].reaches(server, within: 50)) == false
                })
            engine.settings.now = .present
            try engine.put(1, nil)
            try engine.put(2, draft("two", 1001, ends: .at(.present + 3600)))
            #expect(try callers[0].reaches(server))
            try engine.put(3, draft("three", 1002, ends: .never, targetPort: 8444))
            #expect(try callers[1].reaches(other))
            #expect(try engine.engine.installed() == [Sample.id(2), Sample.id(3)])
        }
    }

    @Test func `a lease ends at its own time, to a tenth of a second`() async throws {
        try await Lab.with { lab in
            let clock = ContinuousClock()
            let engine = try await LabEngine.open(on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 1000)
            engine.settings.now = .present
            let before = clock.now
            try engine.carry(
                engine.numbered([draft("one", 1000, ends: .at(engine.settings.now + 1))]))
            let after = clock.now
            #expect(try caller.reaches(server))
            var last = clock.now
            while try caller.reaches(server, within: 300) { last = clock.now }
            #expect(last - after <= .milliseconds(1100))
            #expect(clock.now - before >= .milliseconds(950))
        }
    }
}
