import Addressing

extension ServiceCatalogue {
    /// Peers that find each other, and the pages that control them.
    static let peerToPeer: [KnownService] = [
        KnownService(
            ["bittorrent", "torrent", "qbittorrent", "deluge"], "BitTorrent",
            [ServicePorts(6881, 6889, .tcpAndUDP)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["transmission"], "Transmission", [ServicePorts(51413, .tcpAndUDP)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["qbittorrent-ui", "sabnzbd"], "qBittorrent UI, SABnzbd",
            [ServicePorts(8080, .tcp)], .never,
            "default passwords, and it runs scripts", instead: "a VPN"),
        KnownService(
            ["transmission-ui"], "Transmission UI", [ServicePorts(9091, .tcp)], .never,
            "default passwords, and it runs scripts", instead: "a VPN"),
        KnownService(
            ["deluge-ui"], "Deluge UI", [ServicePorts(8112, .tcp)], .never,
            "default passwords, and it runs plugins", instead: "a VPN"),
        KnownService(
            ["sonarr"], "Sonarr", [ServicePorts(8989, .tcp)], .never,
            "gives away API keys and runs scripts",
            instead: "a VPN, or a proxy with single sign-on"),
        KnownService(
            ["radarr"], "Radarr", [ServicePorts(7878, .tcp)], .never,
            "gives away API keys and runs scripts",
            instead: "a VPN, or a proxy with single sign-on"),
        KnownService(
            ["prowlarr"], "Prowlarr", [ServicePorts(9696, .tcp)], .never,
            "gives away API keys and runs scripts",
            instead: "a VPN, or a proxy with single sign-on"),
        KnownService(
            ["nzbget"], "NZBGet", [ServicePorts(6789, .tcp)], .never,
            "default passwords, and it runs scripts",
            instead: "a VPN, or a proxy with single sign-on"),
        KnownService(
            ["syncthing"], "Syncthing", [ServicePorts(22000, .tcpAndUDP)], .fine,
            "knows its peers by their certificates", instead: "works without, over relays"),
        KnownService(
            ["syncthing-ui"], "Syncthing UI", [ServicePorts(8384, .tcp)], .never,
            "whoever opens it reads and replaces every file", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["syncthing-discovery"], "Syncthing discovery", [ServicePorts(21027, .udp)], .never,
            "meant for the LAN", instead: "keep it on the LAN"),
        KnownService(
            ["bitcoin", "bitcoind"], "Bitcoin peer", [ServicePorts(8333, .tcp)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["bitcoin-rpc"], "Bitcoin RPC", [ServicePorts(8332, .tcp)], .never,
            "can spend what the wallet holds", instead: "an SSH tunnel"),
        KnownService(
            ["lightning", "lnd"], "Lightning peer", [ServicePorts(9735, .tcp)], .fine,
            "carries traffic of peers only", instead: "works without, or over Tor"),
        KnownService(
            ["lightning-rpc", "lnd-rpc"], "Lightning RPC", [ServicePorts(10009, .tcp)], .never,
            "can spend what the wallet holds", instead: "an SSH tunnel"),
        KnownService(
            ["monero", "monerod"], "Monero peer", [ServicePorts(18080, .tcp)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["monero-rpc"], "Monero RPC", [ServicePorts(18081, .tcp)], .never,
            "controls the node", instead: "an SSH tunnel"),
        KnownService(
            ["ethereum", "geth"], "Ethereum peer", [ServicePorts(30303, .tcpAndUDP)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["ethereum-rpc", "geth-rpc"], "Ethereum RPC", [ServicePorts(8545, 8546, .tcp)], .never,
            "can spend what an unlocked wallet holds", instead: "an SSH tunnel"),
        KnownService(
            ["ipfs", "kubo"], "IPFS peer", [ServicePorts(4001, .tcpAndUDP)], .fine,
            "carries traffic of peers only", instead: "works without, with fewer peers"),
        KnownService(
            ["ipfs-api"], "IPFS API", [ServicePorts(5001, .tcp)], .never,
            "controls the node without a password", instead: "an SSH tunnel"),
        KnownService(
            ["ipfs-gateway"], "IPFS gateway", [ServicePorts(8080, .tcp)], .allowList,
            "serves strangers' files from your address",
            instead: "a reverse proxy that lists what it serves"),
        KnownService(
            ["tor", "tor-relay"], "Tor relay",
            [ServicePorts(9001, .tcp), ServicePorts(9030, .tcp)], .fine,
            "what an exit lets out is a matter of law", instead: "a relay that is not an exit"),
    ]
}
