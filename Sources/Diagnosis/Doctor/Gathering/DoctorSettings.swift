package import Netfilter

/// What the doctor has to be told.
package struct DoctorSettings: Hashable, Sendable {
    /// Which bits of the connection mark are ours.
    package var mask: MarkMask
    /// Who says how the WAN is seen from outside; nil to ask nobody.
    package var stun: STUNServer?

    package init(mask: MarkMask = .standard, stun: STUNServer? = nil) {
        self.mask = mask
        self.stun = stun
    }
}
