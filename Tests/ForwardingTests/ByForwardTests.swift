import Forwarding
import TestKit
import Testing

@Suite struct `Values by forward` {
    /// The same steps on a dictionary.
    @Test(arguments: Seed.batch(100))
    func `are those of a dictionary`(seed: Seed) {
        var gen = Gen(seed)
        var values = ByForward<Int>()
        var model: [ForwardID: Int] = [:]
        for step in 0..<gen.int(0...120) {
            let id = Sample.id(gen.pick([1, 2, 3, 5, 8, 300, 65535]))
            switch gen.int(0...3) {
            case 0: (values[id], model[id]) = (nil, nil)
            case 1: #expect(values.removeValue(for: id) == model.removeValue(forKey: id))
            case 2: (values[id], model[id]) = (step, step)
            default:
                values[id, default: 7] += 1
                model[id, default: 7] += 1
            }
            #expect(values.count == model.count)
            #expect(values.allSatisfy { model[$0.id] == $0.value })
            #expect(model.allSatisfy { values[$0.key] == $0.value })
            #expect(Set(values.map(\.id)) == Set(model.keys))
        }
    }

    @Test func `are equal whatever the order`() {
        let (one, two) = (Sample.id(1), Sample.id(2))
        var values: ByForward = [one: "a", two: "b"]
        #expect(values == [two: "b", one: "a"])
        values[one] = nil
        #expect(values != [two: "b", one: "a"])
        #expect(values == [two: "b"])
        #expect(values != [two: "c"])
    }

    @Test func `hold every number there is`() {
        var values = ByForward<UInt16>()
        for number in 1...UInt16.max { values[Sample.id(number)] = number }
        #expect(values.count == ForwardID.limit)
        #expect(values.allSatisfy { $0.id.number == $0.value })
    }
}
