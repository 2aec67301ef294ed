import Addressing

extension ServiceCatalogue {
    /// What players open for their consoles and for streaming a game.
    static let gameConsoles: [KnownService] = [
        KnownService(
            ["xbox"], "Xbox", [ServicePorts(3074, .tcpAndUDP), ServicePorts(3544, .udp)], .fine,
            "enough for open NAT; its other ports clash with VPNs",
            instead: "PCP or UPnP for the console alone"),
        KnownService(
            ["playstation", "ps5", "ps4"], "PlayStation",
            [
                ServicePorts(3074, .udp), ServicePorts(3478, 3479, .udp),
                ServicePorts(3478, 3480, .tcp),
            ], .fine,
            "usually works without", instead: "PCP or UPnP for the console alone"),
        KnownService(
            ["playstation-remote-play", "ps-remote-play"], "PlayStation Remote Play",
            [
                ServicePorts(9295, .tcp), ServicePorts(9296, 9304, .udp),
                ServicePorts(9308, .tcpAndUDP),
            ], .fine,
            "usually works without", instead: "PCP or UPnP for the console alone"),
        KnownService(
            ["steam-remote-play", "steam-link"], "Steam Remote Play",
            [ServicePorts(27031, 27036, .udp), ServicePorts(27036, 27037, .tcp)], .allowList,
            "shows and steers the whole desktop", instead: "a VPN"),
        KnownService(
            ["sunshine", "moonlight"], "Sunshine (Moonlight)",
            [
                ServicePorts(47984, .tcp), ServicePorts(47989, .tcp), ServicePorts(48010, .tcp),
                ServicePorts(47998, 48000, .udp),
            ], .allowList,
            "shows and steers the whole desktop", instead: "a VPN"),
        KnownService(
            ["sunshine-ui"], "Sunshine settings", [ServicePorts(47990, .tcp)], .never,
            "whoever signs in can run programs", instead: "a VPN"),
    ]
}
