import Addressing

extension ServiceCatalogue {
    /// VPNs and overlays, the way in that is recommended.
    static let tunnels: [KnownService] = [
        KnownService(
            ["wireguard", "wg"], "WireGuard", [ServicePorts(51820, .udp)], .fine,
            "does not answer those without a key", instead: "nothing, this is the way in"),
        KnownService(
            ["openvpn"], "OpenVPN", [ServicePorts(1194, .udp)], .fine,
            "needs tls-crypt and certificates", instead: "WireGuard"),
        KnownService(
            ["openvpn-tcp"], "OpenVPN over TCP", [ServicePorts(1194, .tcp)], .fine,
            "needs tls-crypt and certificates", instead: "WireGuard"),
        KnownService(
            ["ipsec", "ikev2", "ike"], "IPsec (IKEv2)",
            [ServicePorts(500, .udp), ServicePorts(4500, .udp)], .fine,
            "one per WAN address; a shared key is weak", instead: "certificates, or WireGuard"),
        KnownService(
            ["l2tp"], "L2TP", [ServicePorts(1701, .udp)], .allowList,
            "must only be reached inside IPsec", instead: "IKEv2 or WireGuard"),
        KnownService(
            ["pptp"], "PPTP", [ServicePorts(1723, .tcp)], .never,
            "its passwords are cracked within a day", instead: "WireGuard or IKEv2"),
        KnownService(
            ["ssl-vpn"], "SSL VPN appliance", [ServicePorts(10443, .tcp)], .allowList,
            "a long list of holes that need no password",
            instead: "WireGuard, or patches the same day"),
        KnownService(
            ["tailscale"], "Tailscale", [ServicePorts(41641, .udp)], .fine,
            "works without, paths only get more direct", instead: "no forward at all"),
        KnownService(
            ["zerotier"], "ZeroTier", [ServicePorts(9993, .udp)], .fine,
            "works without, paths only get more direct", instead: "no forward at all"),
    ]
}
