import Addressing

extension ServiceCatalogue {
    /// Game servers that may be reached by their players.
    static let games: [KnownService] = [
        KnownService(
            ["minecraft", "minecraft-java"], "Minecraft (Java)", [ServicePorts(25565, .tcp)], .fine,
            "needs online-mode and an allow-list of players", instead: "a VPN for a closed group"),
        KnownService(
            ["minecraft-bedrock", "bedrock"], "Minecraft (Bedrock)",
            [ServicePorts(19132, .udp), ServicePorts(19133, .udp)], .fine,
            "needs an allow-list of players", instead: "a VPN for a closed group"),
        KnownService(
            ["valheim"], "Valheim", [ServicePorts(2456, 2457, .udp)], .fine,
            "needs a password; crossplay works without a port",
            instead: "crossplay, over its relay"),
        KnownService(
            ["factorio"], "Factorio", [ServicePorts(34197, .udp)], .fine,
            "needs a password or verified players", instead: "a VPN for a closed group"),
        KnownService(
            [
                "cs2", "csgo", "counter-strike", "source-engine", "tf2", "gmod",
            ], "CS2 and other Source games", [ServicePorts(27015, .udp)], .fine,
            "its query amplifies attacks unless limited in rate",
            instead: "a VPN for a closed group"),
        KnownService(
            ["sourcetv"], "SourceTV", [ServicePorts(27020, .udp)], .fine,
            "for spectators only", instead: "no forward when nobody watches"),
        KnownService(
            ["palworld"], "Palworld", [ServicePorts(8211, .udp), ServicePorts(27015, .udp)], .fine,
            "needs a password; RCON and REST stay closed", instead: "a VPN for a closed group"),
        KnownService(
            ["terraria"], "Terraria", [ServicePorts(7777, .tcp)], .fine,
            "needs a password", instead: "a VPN for a closed group"),
        KnownService(
            ["ark", "ark-survival"], "ARK",
            [ServicePorts(7777, 7778, .udp), ServicePorts(27015, .udp)], .fine,
            "needs a password; RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["rust", "rust-game"], "Rust",
            [ServicePorts(28015, .udp), ServicePorts(28017, .udp)], .fine,
            "RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["rust-plus", "rust-app"], "Rust+ app", [ServicePorts(28082, .tcp)], .fine,
            "for players who paired the app", instead: "no forward when nobody uses the app"),
        KnownService(
            ["satisfactory"], "Satisfactory",
            [ServicePorts(7777, .tcpAndUDP), ServicePorts(8888, .tcp)], .fine,
            "the admin API shares the port, claim it first", instead: "a VPN for a closed group"),
        KnownService(
            ["7-days-to-die", "7dtd"], "7 Days to Die",
            [ServicePorts(26900, .tcpAndUDP), ServicePorts(26901, 26903, .udp)], .fine,
            "needs a password; telnet and web stay closed", instead: "a VPN for a closed group"),
        KnownService(
            ["project-zomboid", "zomboid"], "Project Zomboid",
            [ServicePorts(16261, 16262, .udp)], .fine,
            "needs a password; RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["dayz"], "DayZ", [ServicePorts(2302, 2305, .udp), ServicePorts(27016, .udp)], .fine,
            "RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["arma3", "arma"], "Arma 3", [ServicePorts(2302, 2305, .udp)], .fine,
            "RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["enshrouded"], "Enshrouded", [ServicePorts(15636, 15637, .udp)], .fine,
            "needs a password", instead: "a VPN for a closed group"),
        KnownService(
            ["v-rising", "vrising"], "V Rising", [ServicePorts(9876, 9877, .udp)], .fine,
            "needs a password; RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["squad"], "Squad", [ServicePorts(7787, .udp), ServicePorts(27165, .udp)], .fine,
            "RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["insurgency", "insurgency-sandstorm"], "Insurgency: Sandstorm",
            [ServicePorts(27102, .udp), ServicePorts(27131, .udp)], .fine,
            "RCON stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["fivem", "gta"], "FiveM", [ServicePorts(30120, .tcpAndUDP)], .fine,
            "txAdmin stays closed", instead: "a VPN for a closed group"),
        KnownService(
            ["dont-starve", "dont-starve-together", "dst"], "Don't Starve Together",
            [ServicePorts(10999, .udp)], .fine,
            "needs a password", instead: "a VPN for a closed group"),
        KnownService(
            ["core-keeper"], "Core Keeper", [ServicePorts(27015, 27016, .udp)], .fine,
            "needs its game ID or a password", instead: "a VPN for a closed group"),
        KnownService(
            ["barotrauma"], "Barotrauma", [ServicePorts(27015, 27016, .udp)], .fine,
            "needs a password", instead: "a VPN for a closed group"),
    ]
}
