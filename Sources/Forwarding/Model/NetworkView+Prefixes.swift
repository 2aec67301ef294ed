package import Addressing

/// IPv6 prefixes that the provider may change at any time, and where devices are in them.
extension NetworkView {
    /// The address of a device in the prefix that its LAN has now; nil while it has none.
    ///
    /// Prefixes are those of 64 bits on the inside interfaces. Of several one that the internet routes
    /// comes before a unique local one, a preferred one before a deprecated one, then the order of the
    /// interfaces (as they were named, else by name), then the lowest.
    package func address(
        of identifier: InterfaceIdentifier, on lan: InterfaceName? = nil
    ) -> IPv6Address? {
        let lans = insideInterfaces
        let ranked = links.compactMap { link -> (rank: [Int], prefix: IPv6Address)? in
            guard let prefix = link.prefix.base.v6, link.prefix.length == 64,
                lan == nil || lan == link.interface,
                let place = lans.firstIndex(of: link.interface)
            else { return nil }
            let rank = [prefix.isUniqueLocal ? 1 : 0, link.isDeprecated ? 1 : 0, place]
            return (rank, prefix)
        }
        let best = ranked.min { first, second in
            first.rank == second.rank
                ? first.prefix < second.prefix : first.rank.lexicographicallyPrecedes(second.rank)
        }
        return best.map { identifier.address(in: $0.prefix) }
    }

    /// Whether the address lies in a prefix of the interface that is for new traffic, too.
    package func isCurrent(_ address: IPv6Address, on interface: InterfaceName) -> Bool {
        links.contains {
            $0.interface == interface && !$0.isDeprecated && $0.prefix.contains(.v6(address))
        }
    }

    /// Where a device is that was at `address` in an earlier view: the same identifier in the prefix
    /// that has come in the place of the old one; nil when it is where it was.
    package func successor(of address: IPv6Address, from before: NetworkView) -> IPv6Address? {
        guard let interface = before.interface(towards: .v6(address)), !isWAN(interface),
            !isCurrent(address, on: interface),
            let identifier = InterfaceIdentifier(address.low),
            let successor = self.address(of: identifier, on: interface)
        else { return nil }
        return isCurrent(successor, on: interface) ? successor : nil
    }
}
