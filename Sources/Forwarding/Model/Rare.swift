/// A value that few have: where there is none it takes one word, and nothing is allocated.
indirect enum Rare<Value> {
    case none
    case some(Value)
}

extension Rare: Equatable where Value: Equatable {}
extension Rare: Hashable where Value: Hashable {}
extension Rare: Sendable where Value: Sendable {}
