import Forwarding
import TestKit
import Testing

@Suite struct `Any schedule` {
    private static func moment(_ minute: Int) -> Timestamp { Gen.origin + Int64(minute) * 60 }

    @Test(arguments: Seed.batch(24))
    func `it is open when a clock that is watched says so`(seed: Seed) {
        var gen = Gen(seed)
        let (rules, schedule) = (gen.rules(unit: 60), gen.schedule())
        let played = PlayedSchedule(schedule, in: rules)
        let wrong = (0..<PlayedSchedule.days * 1440).filter {
            schedule.isOpen(at: Self.moment($0), in: rules) != played.isOpen($0)
        }
        #expect(wrong == [], "\(schedule)")
    }

    @Test(arguments: Seed.batch(200))
    func `its next change and its end are those that a watcher sees`(seed: Seed) {
        var gen = Gen(seed)
        let (rules, schedule) = (gen.rules(unit: 60), gen.schedule())
        let played = PlayedSchedule(schedule, in: rules)
        for _ in 0..<20 {
            let minute = gen.int(0...(PlayedSchedule.days * 1440 - 1))
            let moment = Self.moment(minute)
            let next = schedule.nextChange(after: moment, in: rules)
            if let change = played.nextChange(after: minute) {
                #expect(next == Self.moment(change), "\(schedule) after \(moment.text)")
            } else if let next {
                #expect(next >= Self.moment(PlayedSchedule.days * 1440), "\(schedule)")
            }
            let end = schedule.closes(at: moment, in: rules)
            #expect(end == (played.isOpen(minute) ? next : nil), "\(schedule) at \(moment.text)")
        }
    }

    @Test(arguments: Seed.batch(200))
    func `it stays as it is up to its next change, and not longer`(seed: Seed) {
        var gen = Gen(seed)
        let rules = gen.oneIn(2) ? gen.pick(Zone.all) : gen.rules(unit: 1)
        let schedule = gen.schedule()
        for _ in 0..<10 {
            let moment = gen.moment(in: rules)
            let isOpen = schedule.isOpen(at: moment, in: rules)
            let next = schedule.nextChange(after: moment, in: rules)
            let length = next.map { $0.seconds - moment.seconds } ?? 400 * 86400
            #expect(length > 0)
            let between = (0..<20).map { _ in Int64.random(in: 0..<length, using: &gen) }
            let other = (between + [length - 1]).filter {
                schedule.isOpen(at: moment + $0, in: rules) != isOpen
            }
            #expect(other == [], "\(schedule) after \(moment.text)")
            guard let next else { continue }
            #expect(schedule.isOpen(at: next, in: rules) != isOpen, "\(schedule)")
        }
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let zone = gen.oneIn(2) ? gen.pick(Zone.all).name : nil
        let schedule = gen.schedule(zone: zone)
        #expect(try ForwardSpelling.schedule(schedule.description) == schedule)
        let loud = schedule.windows.map { "  \($0.description.uppercased()) " }.joined(
            separator: ";")
        let same = try Schedule(schedule.windows.reversed())
        #expect(try ForwardSpelling.schedule(loud) == same)
    }
}
