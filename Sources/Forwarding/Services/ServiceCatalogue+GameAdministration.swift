import Addressing

extension ServiceCatalogue {
    /// The consoles of game servers, which stay closed.
    static let gameAdministration: [KnownService] = [
        KnownService(
            [
                "minecraft-rcon", "palworld-rcon", "v-rising-rcon", "enshrouded-rcon",
            ], "RCON (Minecraft, Palworld, V Rising)", [ServicePorts(25575, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            [
                "source-rcon", "cs2-rcon", "project-zomboid-rcon",
            ], "RCON (Source games, Project Zomboid)", [ServicePorts(27015, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["factorio-rcon"], "Factorio RCON", [ServicePorts(34198, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["palworld-rest"], "Palworld REST API", [ServicePorts(8212, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["ark-rcon"], "ARK RCON",
            [ServicePorts(27020, .tcp), ServicePorts(32330, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["rust-rcon"], "Rust RCON", [ServicePorts(28016, .tcp)], .never,
            "a server console in clear text, open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["7-days-to-die-telnet", "7dtd-telnet"], "7 Days to Die telnet",
            [ServicePorts(8081, .tcp)], .never,
            "a server console in clear text", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["battleye-rcon", "dayz-rcon", "arma3-rcon"], "BattlEye RCON (DayZ, Arma)",
            [ServicePorts(2306, .udp)], .never,
            "a server console open to guessing", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["txadmin"], "txAdmin (FiveM)", [ServicePorts(40120, .tcp)], .never,
            "whoever signs in rules the server", instead: "a VPN or an SSH tunnel"),
    ]
}
