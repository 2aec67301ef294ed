/// An expression that keeps count, in a rule or with an element of a set, and matches once the
/// bound is passed.
package enum Stateful: Hashable, Sendable, BitwiseCopyable {
    /// More flows at a time than this (`ct count over`).
    case connections(UInt32)
    /// More packets than `count` in `seconds`, with as many at once after a silence.
    case packets(UInt32, seconds: UInt64)
    /// More bytes in a second than this.
    case bytes(UInt64)
    /// More bytes in all than `limit`; `used` have gone already.
    case quota(UInt64, used: UInt64)

    var name: String {
        switch self {
        case .connections: "connlimit"
        case .packets, .bytes: "limit"
        case .quota: "quota"
        }
    }

    /// An entry of a list of expressions: name and data.
    func write(to writer: inout MessageWriter) {
        writer.string(1, name)
        writer.nest(2) { writeBody(to: &$0) }
    }

    func writeBody(to data: inout MessageWriter) {
        switch self {
        case .connections(let most):
            data.big32(1, most)
            data.big32(2, 1)
        case .packets(let count, let seconds):
            data.big64(1, UInt64(count))
            data.big64(2, seconds)
            data.big32(3, count)
            data.big32(4, 0)
            data.big32(5, 1)
        case .bytes(let rate):
            data.big64(1, rate)
            data.big64(2, 1)
            // The bucket holds a second's worth and this. Packets that the card has joined are up to
            // 64 KiB; one that is larger than the bucket would never pass.
            data.big32(3, rate < 65_536 ? 65_536 : 0)
            data.big32(4, 1)
            data.big32(5, 1)
        case .quota(let limit, let used):
            data.big64(1, limit)
            data.big32(2, 1)
            data.big64(4, used)
        }
    }

    /// What a dump says stands with an element; nil for expressions that are not ours.
    init?(_ attributes: Attributes) {
        guard let body = attributes[2]?.nested else { return nil }
        switch attributes[1]?.string {
        case "quota": self = .quota(body[1]?.big64 ?? 0, used: body[4]?.big64 ?? 0)
        case "limit" where body[4]?.big32 == 1: self = .bytes(body[1]?.big64 ?? 0)
        default: return nil
        }
    }
}
