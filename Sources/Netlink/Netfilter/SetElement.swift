/// One element of a set or map.
package struct SetElement: Hashable, Sendable {
    package var key: RegisterImage
    /// The upper bound, inclusive per field, in interval concatenations.
    package var keyEnd: RegisterImage?
    package var data: Data
    /// The exclusive upper bound of a single-field interval (`NFT_SET_ELEM_INTERVAL_END`).
    package var endsInterval: Bool
    /// Milliseconds until the kernel removes it; nil for never.
    package var timeout: UInt64?
    /// What is asked when a packet meets the element.
    package var stateful: Stateful?

    package enum Data: Hashable, Sendable {
        case none
        case value(RegisterImage)
        case jump(String)
    }

    package init(
        _ key: RegisterImage, through keyEnd: RegisterImage? = nil, data: Data = .none,
        endsInterval: Bool = false, timeout: UInt64? = nil, stateful: Stateful? = nil
    ) {
        self.key = key
        self.keyEnd = keyEnd
        self.data = data
        self.endsInterval = endsInterval
        self.timeout = timeout
        self.stateful = stateful
    }

    func write(to writer: inout MessageWriter, withData: Bool) {
        let element = writer.beginNest(1)
        Self.value(key, 1, &writer)
        if withData { writeData(to: &writer) }
        if endsInterval { writer.big32(3, 1) }
        if withData, let timeout { writer.big64(4, timeout) }
        if withData, let stateful { writer.nest(7) { stateful.write(to: &$0) } }
        if let keyEnd { Self.value(keyEnd, 10, &writer) }
        writer.endNest(at: element)
    }

    private func writeData(to writer: inout MessageWriter) {
        switch data {
        case .none: break
        case .value(let image): Self.value(image, 2, &writer)
        case .jump(let chain):
            writer.nest(2) { data in
                data.nest(2) { verdict in
                    verdict.big32(1, UInt32(bitPattern: NFTables.Verdict.jump.rawValue))
                    verdict.string(2, chain)
                }
            }
        }
    }

    private static func value(
        _ image: RegisterImage, _ type: UInt16, _ writer: inout MessageWriter
    ) {
        let nest = writer.beginNest(type)
        writer.image(1, image)
        writer.endNest(at: nest)
    }
}

/// An element as a dump shows it.
package struct DumpedElement: Sendable {
    package var element: SetElement
    /// Milliseconds that are left of the time-out.
    package var expiration: UInt64?

    /// The elements of one NEWSETELEM message.
    package static func elements(in message: Message, _ body: (DumpedElement) -> Void) {
        guard let list = message.attributes(after: 4)[3] else { return }
        for entry in list.nested { body(DumpedElement(entry.nested)) }
    }

    private init(_ attributes: Attributes) {
        element = SetElement(RegisterImage())
        for attribute in attributes {
            switch attribute.type {
            case 1: element.key = attribute.nested[1]?.image ?? RegisterImage()
            case 2: element.data = Self.data(attribute.nested)
            case 3: element.endsInterval = (attribute.big32 ?? 0) & 1 != 0
            case 4: element.timeout = attribute.big64
            case 5: expiration = attribute.big64
            case 7: element.stateful = Stateful(attribute.nested)
            case 10: element.keyEnd = attribute.nested[1]?.image
            default: break
            }
        }
    }

    private static func data(_ attributes: Attributes) -> SetElement.Data {
        if let value = attributes[1] { return .value(value.image) }
        guard let chain = attributes[2]?.nested[2] else { return .none }
        return .jump(chain.string)
    }
}
