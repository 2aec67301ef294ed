extension DumpedExpression {
    /// Reads one entry of a rule's list.
    init(_ entry: Attributes) {
        let name = entry[1]?.string ?? ""
        let data = entry[2]?.nested ?? Attributes(bytes: [], start: 0, end: 0)
        self = Self.decoded(name, data) ?? .unknown(name)
    }

    private static func decoded(_ name: String, _ data: Attributes) -> DumpedExpression? {
        switch name {
        case "meta", "payload", "ct", "fib": loaded(name, data)
        case "cmp", "range", "bitwise", "byteorder", "lookup": tested(name, data)
        case "immediate": immediate(data)
        case "counter": .counter
        case "limit": .limit
        case "log": .log(prefix: data[2]?.string ?? "")
        case "notrack": .notrack
        case "queue": .queue
        case "objref": object(data)
        case "reject": reject(data)
        case "masq": .masquerade
        case "redir": .redirect(port: data[1]?.big32)
        case "nat": nat(data)
        case "match": .match(compat(data))
        case "target": .target(compat(data))
        default: nil
        }
    }

    private static func loaded(_ name: String, _ data: Attributes) -> DumpedExpression? {
        if name == "payload" { return payload(data) }
        guard let key = data[2]?.big32 else { return nil }
        switch name {
        case "meta":
            if let register = data[1]?.big32 { return .meta(key: key, register: register) }
            return data[3]?.big32.map { .setMeta(key: key, register: $0) }
        case "ct":
            if let register = data[1]?.big32 {
                return .conntrack(key: key, direction: data[3]?.byte, register: register)
            }
            return data[4]?.big32.map { .setConntrack(key: key, register: $0) }
        default:
            guard let register = data[1]?.big32 else { return nil }
            return .fib(result: key, flags: data[3]?.big32 ?? 0, register: register)
        }
    }

    private static func payload(_ data: Attributes) -> DumpedExpression? {
        guard let base = data[2]?.big32, let offset = data[3]?.big32, let length = data[4]?.big32
        else { return nil }
        let piece = DumpedPayload(base: base, offset: offset, length: length)
        return data[1]?.big32.map { .payload(piece, register: $0) } ?? .writePayload(piece)
    }

    private static func tested(_ name: String, _ data: Attributes) -> DumpedExpression? {
        switch name {
        case "cmp":
            guard let register = data[1]?.big32, let value = bytes(data[3]),
                let comparison = data[2]?.big32.flatMap(DumpedComparison.init(rawValue:))
            else { return nil }
            return .compare(register: register, comparison, value)
        case "range":
            guard let register = data[1]?.big32, let from = bytes(data[3]),
                let to = bytes(data[4]), let comparison = data[2]?.big32, comparison < 2
            else { return nil }
            return .range(register: register, isInside: comparison == 0, from: from, to: to)
        case "byteorder":
            guard let source = data[1]?.big32, let destination = data[2]?.big32,
                let length = data[4]?.big32, let size = data[5]?.big32
            else { return nil }
            return .byteOrder(
                source: source, destination: destination, length: length, size: size)
        case "bitwise": return bitwise(data)
        default: return lookup(data)
        }
    }

    /// Other operations than the first are rare: shifts, and two registers.
    private static func bitwise(_ data: Attributes) -> DumpedExpression? {
        guard data[6]?.big32 ?? 0 == 0, let source = data[1]?.big32,
            let destination = data[2]?.big32, let mask = bytes(data[4]), let xor = bytes(data[5]),
            mask.count == xor.count
        else { return nil }
        return .bitwise(source: source, destination: destination, mask: mask, xor: xor)
    }

    private static func lookup(_ data: Attributes) -> DumpedExpression? {
        guard let set = data[1]?.string, let key = data[2]?.big32 else { return nil }
        guard let result = data[3]?.big32 else {
            let isInverted = (data[5]?.big32 ?? 0) & 1 != 0
            return .lookup(set: set, key: key, isInverted ? .lacks : .contains)
        }
        return .lookup(set: set, key: key, result == 0 ? .verdict : .value(register: result))
    }

    private static func immediate(_ data: Attributes) -> DumpedExpression? {
        guard let register = data[1]?.big32, let value = data[2]?.nested else { return nil }
        if let verdict = value[2]?.nested { return .verdict(DumpedVerdict(verdict)) }
        return value[1].map { .value(Array($0.payload), register: register) }
    }

    private static func object(_ data: Attributes) -> DumpedExpression? {
        if let name = data[2]?.string { return .object(kind: data[1]?.big32, name: name) }
        return data[4].map { .object(kind: nil, name: $0.string) }
    }

    private static func reject(_ data: Attributes) -> DumpedExpression {
        data[1]?.big32 == 1 ? .reject(.reset) : .reject(.unreachable(code: data[2]?.byte ?? 0))
    }

    private static func nat(_ data: Attributes) -> DumpedExpression? {
        guard let type = data[1]?.big32, type < 2 else { return nil }
        return .nat(
            DumpedNAT(
                isDestination: type == 1, family: data[2]?.big32 ?? 0, address: data[3]?.big32,
                lastAddress: data[4]?.big32, port: data[5]?.big32, lastPort: data[6]?.big32))
    }

    private static func compat(_ data: Attributes) -> CompatExtension {
        CompatExtension(
            name: data[1]?.string ?? "", revision: data[2]?.big32 ?? 0,
            info: data[3].map { Array($0.payload) } ?? [])
    }

    private static func bytes(_ attribute: Attribute?) -> [UInt8]? {
        attribute?.nested[1].map { Array($0.payload) }
    }
}
