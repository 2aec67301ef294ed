/// The options that are known, with what is fixed of them.
enum PCPOptionCode: UInt8 {
    case thirdParty = 1
    case preferFailure = 2
    case filter = 3
    case portSet = 130

    /// Whether who does not know it may go on without it.
    static func isOptional(_ number: UInt8) -> Bool { number & 0x80 != 0 }

    /// Without padding.
    var dataLength: Int {
        switch self {
        case .thirdParty: 16
        case .preferFailure: 0
        case .filter: 20
        case .portSet: 5
        }
    }

    func isFor(_ opcode: PCPOpcode) -> Bool {
        switch opcode {
        case .announce: false
        case .map: true
        case .peer: self == .thirdParty
        }
    }
}
