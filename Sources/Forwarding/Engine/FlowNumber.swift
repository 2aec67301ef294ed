/// Which of the flows that live: spelled `k-1a2b3c4d-5e6f` in the kernel, `r0-17-9c02f1` and
/// `d0-17-9c02f1` in a relay.
///
/// A number that was seen once never leads to another flow later, neither after a restart nor when
/// what it is made of is used anew.
package enum FlowNumber: Hashable, Sendable {
    /// The kernel's own number, and a digest of where the flow goes and when it began.
    case kernel(id: UInt32, digest: UInt16)
    /// The loop that has it and its place there; the generation tells who has the place.
    case relay(Shape, loop: UInt16, place: UInt32, generation: UInt32)

    /// Relays keep the two apart.
    package enum Shape: Hashable, Sendable, CaseIterable {
        case stream, datagram

        fileprivate var letter: Character { self == .stream ? "r" : "d" }
    }

    /// The engine that carries it: `kernel` or `relay`.
    package var engine: String {
        switch self {
        case .kernel: "kernel"
        case .relay: "relay"
        }
    }
}

extension FlowNumber: CustomStringConvertible {
    package var description: String {
        switch self {
        case .kernel(let id, let digest):
            "k-\(String(id, radix: 16))-\(String(digest, radix: 16))"
        case .relay(let shape, let loop, let place, let generation):
            "\(shape.letter)\(loop)-\(place)-\(String(generation, radix: 16))"
        }
    }

    /// Reads what `description` wrote, and nothing else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let letter = parts[0].first, let read = Self(letter, parts),
            read.description == text
        else { return nil }
        self = read
    }

    private init?(_ letter: Character, _ parts: [Substring]) {
        if letter == "k" {
            guard let id = UInt32(parts[1], radix: 16), let digest = UInt16(parts[2], radix: 16)
            else { return nil }
            self = .kernel(id: id, digest: digest)
            return
        }
        guard let shape = Shape.allCases.first(where: { $0.letter == letter }),
            let loop = UInt16(parts[0].dropFirst()), let place = UInt32(parts[1]),
            let generation = UInt32(parts[2], radix: 16)
        else { return nil }
        self = .relay(shape, loop: loop, place: place, generation: generation)
    }
}
