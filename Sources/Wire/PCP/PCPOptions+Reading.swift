import Addressing

extension PCPOptions {
    /// Reads them in order; the first that is wrong counts (RFC 6887 section 7.3).
    ///
    /// - Parameter allowsThirdParty: Without it that option is as good as unknown.
    init(
        reading rest: Stretch, in bytes: Span<UInt8>, for opcode: PCPOpcode, allowsThirdParty: Bool
    ) throws(PCPError) {
        self.init()
        var rest = rest
        while !rest.isEmpty {
            guard let number = rest.next(UInt8.self, in: bytes), rest.take(1) != nil,
                let length = rest.next(UInt16.self, in: bytes),
                let data = rest.take(Int(length)), rest.take((4 - Int(length) % 4) % 4) != nil
            else { throw .malformedOption }
            guard let code = PCPOptionCode(rawValue: number) else {
                guard PCPOptionCode.isOptional(number) else { throw .unsupportedOption }
                continue
            }
            guard data.count == code.dataLength else { throw .malformedOption }
            guard code != .thirdParty || allowsThirdParty else { throw .unsupportedOption }
            guard code.isFor(opcode) else { throw .malformedRequest }
            try add(code, data, in: bytes)
        }
    }

    private mutating func add(
        _ code: PCPOptionCode, _ data: Stretch, in bytes: Span<UInt8>
    ) throws(PCPError) {
        var data = data
        switch code {
        case .thirdParty:
            guard thirdParty == nil, let address = data.nextMapped(in: bytes)
            else { throw .malformedOption }
            thirdParty = address
        case .preferFailure:
            guard !prefersFailure else { throw .malformedOption }
            prefersFailure = true
        case .filter:
            try filters.append(PCPFilter(next: &data, in: bytes))
            guard filters.count(where: { $0 != .deleteAll }) <= PCP.mostRemotes
            else { throw .excessiveRemotePeers }
        case .portSet:
            guard portSet == nil, let set = PCPPortSet(next: &data, in: bytes)
            else { throw .malformedOption }
            portSet = set
        }
    }
}

extension PCPFilter {
    fileprivate init(next data: inout Stretch, in bytes: Span<UInt8>) throws(PCPError) {
        guard data.take(1) != nil, let length = data.next(UInt8.self, in: bytes),
            let port = data.next(UInt16.self, in: bytes), let address = data.nextMapped(in: bytes)
        else { throw .malformedOption }
        guard length > 0 else {
            self = .deleteAll
            return
        }
        guard let length = Self.length(length, of: address.family),
            let remotes = PCPRemotes(Prefix(containing: address, length: length), port: port)
        else { throw .malformedOption }
        self = .allow(remotes)
    }

    /// The length within the family: that of an IPv4 prefix counts the 96 bits in front of it.
    ///
    /// Clients that forget them mean 1 to 32: never wider than what they would say otherwise.
    private static func length(_ length: UInt8, of family: AddressFamily) -> Int? {
        switch (family, length) {
        case (.v6, 1...128), (.v4, 1...32): Int(length)
        case (.v4, 96...128): Int(length) - 96
        default: nil
        }
    }
}

extension PCPPortSet {
    fileprivate init?(next data: inout Stretch, in bytes: Span<UInt8>) {
        guard let size = data.next(UInt16.self, in: bytes),
            let first = data.next(UInt16.self, in: bytes),
            let flags = data.next(UInt8.self, in: bytes)
        else { return nil }
        self.init(size: size, firstInternalPort: first, keepsParity: flags & 1 == 1)
    }
}
