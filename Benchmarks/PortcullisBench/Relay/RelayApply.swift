/// The relay engine by itself, inside this process: without starting a daemon, reading a file or deciding.
enum RelayApply {
    /// How long one `apply` of so many forwards takes, until all listen, in milliseconds.
    ///
    /// Nothing, as long as this program is built without the engine.
    static func milliseconds(ports: Int, at gateway: Namespace) throws -> Double? { nil }
}
