/// Pauses that begin with a quarter of a second, each twice as long as the one before.
package struct DoublingWaits: Hashable, Sendable {
    private let count: Int

    /// After each request of NAT-PMP, the last one included (RFC 6886 section 3.1).
    package static let natPMPRequests = DoublingWaits(count: 9)
    /// Between ten copies of what a server tells everybody (RFC 6887 section 14.1, RFC 6886
    /// section 3.2.1).
    package static let announcements = DoublingWaits(count: 9)
    /// Between three copies of what a server tells a client of its mapping (RFC 6887 section 14.2).
    package static let updates = DoublingWaits(count: 2)

    /// The pause after what was sent for the `sent`th time, counted from 0; nil when it was the last.
    package func wait(after sent: Int) -> Duration? {
        (0..<count).contains(sent) ? .milliseconds(250 << sent) : nil
    }
}
