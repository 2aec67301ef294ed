/// Values by the number of their forward.
///
/// Numbers are small and dense, so a place is looked up, not hashed, and what is stored lies in one
/// array without gaps: 60,000 forwards take 13 MB less than in a dictionary. In no order.
package struct ByForward<Value> {
    /// Where in `entries` a number stands, plus one; 0 for nowhere.
    private var places: [UInt16] = []
    private var entries: [Entry] = []

    package typealias Entry = (id: ForwardID, value: Value)

    package init() {}

    package subscript(id: ForwardID) -> Value? {
        get { place(of: id).map { entries[$0].value } }
        set {
            switch (place(of: id), newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): close(place, id)
            case (nil, let value?): append(value, id)
            case (nil, nil): break
            }
        }
    }

    package subscript(id: ForwardID, default value: @autoclosure () -> Value) -> Value {
        get { self[id] ?? value() }
        _modify {
            if place(of: id) == nil { append(value(), id) }
            yield &entries[Int(places[Int(id.number)]) - 1].value
        }
    }

    @discardableResult
    package mutating func removeValue(for id: ForwardID) -> Value? {
        guard let place = place(of: id) else { return nil }
        defer { close(place, id) }
        return entries[place].value
    }

    package mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
    }

    private func place(of id: ForwardID) -> Int? {
        let number = Int(id.number)
        guard number < places.count, places[number] != 0 else { return nil }
        return Int(places[number]) - 1
    }

    private mutating func append(_ value: Value, _ id: ForwardID) {
        let number = Int(id.number)
        if number >= places.count {
            places += repeatElement(0, count: number + 1 - places.count)
        }
        entries.append((id, value))
        places[number] = UInt16(entries.count)
    }

    /// The last entry moves into the gap.
    private mutating func close(_ place: Int, _ id: ForwardID) {
        let last = entries.removeLast()
        if last.id != id {
            entries[place] = last
            places[Int(last.id.number)] = UInt16(place + 1)
        }
        places[Int(id.number)] = 0
    }
}

extension ByForward: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { entries.count }
    package subscript(place: Int) -> Entry { entries[place] }

    package var values: some RandomAccessCollection<Value> { entries.lazy.map(\.value) }
}

extension ByForward: Sendable where Value: Sendable {}

extension ByForward: Equatable where Value: Equatable {
    /// Whatever the order they came in.
    package static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.id] == $0.value }
    }
}

extension ByForward: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral entries: (ForwardID, Value)...) {
        for (id, value) in entries { self[id] = value }
    }
}
