/// How much of what devices ask is heard.
package struct RequestLimits: Hashable, Sendable {
    /// Datagrams a second, and how many at once after a silence.
    package var ofSource: TokenRate
    /// Of all devices together that one gate counts: those of an interface.
    package var ofInterface: TokenRate

    package init(ofSource: TokenRate, ofInterface: TokenRate) {
        self.ofSource = ofSource
        self.ofInterface = ofInterface
    }

    /// What holds up nobody in earnest.
    ///
    /// A console that wakes asks for a dozen ports at once, and a program that renews for one a minute.
    /// A thousand a second, most of which change the table, are what a small router carries beside its
    /// other work.
    package static let standard = RequestLimits(
        ofSource: TokenRate(perSecond: 20, burst: 50),
        ofInterface: TokenRate(perSecond: 1000, burst: 1000))

    /// For measurements.
    package static let none = RequestLimits(
        ofSource: .endless, ofInterface: .endless)
}

package struct TokenRate: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    package static let endless = TokenRate(perSecond: .infinity, burst: .infinity)
}
