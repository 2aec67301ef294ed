import Addressing

extension ServiceCatalogue {
    /// Names, time, discovery and what reflects attacks.
    static let infrastructure: [KnownService] = [
        KnownService(
            ["dns", "dns-resolver", "pihole", "adguard"], "DNS resolver (Pi-hole, AdGuard)",
            [ServicePorts(53, .tcpAndUDP)], .never,
            "an open resolver serves attacks on others",
            instead: "a VPN, or encrypted DNS with sign-in"),
        KnownService(
            ["dns-server", "dns-authoritative", "bind"], "DNS server of a zone",
            [ServicePorts(53, .tcpAndUDP)], .fine,
            "recursion must be off and answers limited in rate", instead: "a hosted DNS"),
        KnownService(
            ["dot", "dns-over-tls"], "DNS over TLS", [ServicePorts(853, .tcp)], .allowList,
            "strangers will use it as theirs", instead: "an allow-list"),
        KnownService(
            ["doq", "dns-over-quic"], "DNS over QUIC", [ServicePorts(853, .udp)], .allowList,
            "strangers will use it as theirs", instead: "an allow-list"),
        KnownService(
            ["ntp"], "NTP", [ServicePorts(123, .udp)], .allowList,
            "amplifies attacks when it answers monitoring queries",
            instead: "serve time on the LAN only"),
        KnownService(
            ["upnp", "ssdp", "upnp-igd"], "UPnP, SSDP",
            [ServicePorts(1900, .udp), ServicePorts(2869, .tcp), ServicePorts(49152, .tcp)], .never,
            "outsiders could open ports, and it amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["pcp", "nat-pmp"], "PCP, NAT-PMP", [ServicePorts(5351, .udp)], .never,
            "outsiders could open ports", instead: "keep it on the LAN"),
        KnownService(
            ["mdns", "bonjour", "avahi"], "mDNS (Bonjour)", [ServicePorts(5353, .udp)], .never,
            "names your devices and amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["llmnr"], "LLMNR", [ServicePorts(5355, .udp)], .never,
            "answers for names, and amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["ws-discovery", "wsd"], "WS-Discovery", [ServicePorts(3702, .udp)], .never,
            "amplifies attacks by hundreds", instead: "keep it on the LAN"),
        KnownService(
            ["dhcp", "bootp"], "DHCP", [ServicePorts(67, 68, .udp)], .never,
            "strangers could hand out addresses", instead: "keep it on the LAN"),
        KnownService(
            ["syslog"], "Syslog", [ServicePorts(514, .udp)], .never,
            "anyone can flood the log or forge it", instead: "keep it on the LAN"),
        KnownService(
            ["chargen"], "CharGen", [ServicePorts(19, .udp)], .never,
            "only good for reflecting attacks", instead: "turn it off"),
        KnownService(
            ["echo"], "Echo", [ServicePorts(7, .udp)], .never,
            "only good for reflecting attacks", instead: "turn it off"),
        KnownService(
            ["qotd"], "Quote of the day", [ServicePorts(17, .udp)], .never,
            "only good for reflecting attacks", instead: "turn it off"),
        KnownService(
            ["turn", "stun", "coturn"], "STUN, TURN",
            [ServicePorts(3478, .tcpAndUDP), ServicePorts(5349, .tcpAndUDP)], .fine,
            "must ask for sign-in and refuse private peers",
            instead: "coturn with private peers denied"),
    ]
}
