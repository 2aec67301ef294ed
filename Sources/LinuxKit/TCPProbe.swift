package import Addressing
internal import CLinux
import Glibc

/// Finds out whether somebody answers at an address and port, by opening a TCP connection and
/// dropping it without a word.
package enum TCPProbe {
    package enum Answer: Hashable, Sendable {
        case answered
        /// The machine is there, and nobody listens at the port.
        case refused
        /// Nobody has the address (no ARP or neighbour answer), or no route leads there.
        case unreachable
        /// Nothing came back in time.
        case silent
        /// The probe itself could not be made; the error number.
        case failed(Int32)
    }

    /// Waits for the answer: call it on a thread that may.
    ///
    /// - Parameters:
    ///   - source: an own address to ask from; nil for the one that routing chooses.
    ///   - milliseconds: how long to wait. A missing neighbour is known after three seconds.
    package static func ask(
        _ target: Endpoint, from source: IPAddress? = nil, within milliseconds: Int32
    ) -> Answer {
        let family: Int32 = target.address.family == .v4 ? AF_INET : AF_INET6
        let code: Int32
        if let source {
            guard source.family == target.address.family else { return .failed(EAFNOSUPPORT) }
            // SAFETY: both arrays hold the address of the family and outlive the call.
            code = unsafe clinux_tcp_probe(
                family, source.octets, target.address.octets, target.port, milliseconds)
        } else {
            // SAFETY: the array holds the address of the family and outlives the call.
            code = unsafe clinux_tcp_probe(
                family, nil, target.address.octets, target.port, milliseconds)
        }
        return switch -code {
        case 0: .answered
        case ECONNREFUSED, ECONNRESET: .refused
        case EHOSTUNREACH, ENETUNREACH: .unreachable
        case ETIMEDOUT: .silent
        default: .failed(-code)
        }
    }
}
