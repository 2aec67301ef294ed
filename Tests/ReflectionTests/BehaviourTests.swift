import Addressing
import Reflection
import TestKit
import Testing

/// What answers, and their absence, mean.
@Suite struct `Behaviour of a NAT` {
    private static let own = Sample.endpoint("192.168.1.2", 5000)
    private static let seen = Sample.endpoint("203.0.113.1", 6000)
    private static let second = Sample.endpoint("203.0.113.1", 6001)
    private static let third = Sample.endpoint("203.0.113.1", 6002)

    static let mappings: [(Endpoint, Endpoint?, Endpoint?, MappingBehaviour?)] = [
        (own, nil, nil, MappingBehaviour.none), (own, own, own, MappingBehaviour.none),
        (seen, seen, seen, .endpointIndependent), (seen, seen, nil, .endpointIndependent),
        (seen, nil, seen, .endpointIndependent), (seen, second, second, .addressDependent),
        (seen, second, third, .addressAndPortDependent), (seen, second, nil, .dependent),
        (seen, nil, third, .dependent), (seen, nil, nil, nil),
        (Endpoint(own.address, 6000), nil, nil, nil),
    ]

    @Test(arguments: mappings)
    func `M1 to M3 tell the mapping`(
        first: Endpoint, second: Endpoint?, third: Endpoint?, expected: MappingBehaviour?
    ) {
        #expect(
            MappingBehaviour(
                own: Self.own, seen: first, atOtherAddress: second, atOtherPlace: third)
                == expected)
    }

    static let servers: [([Endpoint?], MappingBehaviour?)] = [
        ([], nil), ([nil, nil], nil), ([seen], nil), ([seen, nil], nil),
        ([own], MappingBehaviour.none), ([nil, own], MappingBehaviour.none),
        ([seen, seen], .endpointIndependent), ([seen, nil, seen], .endpointIndependent),
        ([seen, second], .dependent),
    ]

    @Test(arguments: servers)
    func `two servers that know nothing of each other tell less`(
        seen: [Endpoint?], expected: MappingBehaviour?
    ) {
        #expect(MappingBehaviour(own: Self.own, seenBy: seen) == expected)
    }

    @Test(arguments: [
        (true, true, FilteringBehaviour.endpointIndependent),
        (true, false, .endpointIndependent), (false, true, .addressDependent),
        (false, false, .addressAndPortDependent),
    ])
    func `F2 and F3 tell the filtering`(
        fromPlace: Bool, fromPort: Bool, expected: FilteringBehaviour
    ) {
        #expect(
            FilteringBehaviour(fromOtherPlace: fromPlace, fromOtherPort: fromPort) == expected)
    }
}
