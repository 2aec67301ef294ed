import Forwarding
import Relay

/// The relay engine by itself, inside this process: without starting a daemon, reading a file or deciding.
enum RelayApply {
    /// How long one `apply` of so many forwards takes, until all listen, in milliseconds.
    static func milliseconds(ports: Int, at gateway: Namespace) throws -> Double? {
        let table = try Table(ports)
        let (active, settings) = (table.active, table.settings)
        return try gateway.inside {
            let engine = try RelayEngine(RelaySettings(threads: 1)) { _ in }
            let begun = ContinuousClock.now
            _ = try engine.apply(.everything(active, settings))
            // A question is answered when everything before it is done.
            _ = try engine.traffic()
            return (ContinuousClock.now - begun).seconds * 1000
        }
    }
}
