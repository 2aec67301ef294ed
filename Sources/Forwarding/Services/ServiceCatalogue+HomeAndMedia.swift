import Addressing

extension ServiceCatalogue {
    /// The smart home, cameras, media servers, storage and printers.
    static let homeAndMedia: [KnownService] = [
        KnownService(
            ["home-assistant", "homeassistant", "hass"], "Home Assistant",
            [ServicePorts(8123, .tcp)], .allowList,
            "clear text by default, and it opens doors",
            instead: "HTTPS through a proxy with a second factor, or a VPN"),
        KnownService(
            ["rtsp", "ip-camera"], "Camera stream (RTSP)", [ServicePorts(554, .tcpAndUDP)], .never,
            "default passwords, clear text, listed by search engines",
            instead: "a recorder reached through a VPN"),
        KnownService(
            ["rtsp-alt"], "Camera stream (RTSP on 8554)", [ServicePorts(8554, .tcpAndUDP)], .never,
            "default passwords, clear text, listed by search engines",
            instead: "a recorder reached through a VPN"),
        KnownService(
            ["onvif"], "ONVIF camera control", [ServicePorts(8899, .tcp)], .never,
            "sign-in gets bypassed, botnets follow", instead: "a camera VLAN and a VPN"),
        KnownService(
            ["hikvision"], "Hikvision camera", [ServicePorts(8000, .tcp)], .never,
            "sign-in gets bypassed, botnets follow", instead: "a camera VLAN and a VPN"),
        KnownService(
            ["dahua"], "Dahua camera", [ServicePorts(37777, .tcp)], .never,
            "sign-in gets bypassed, botnets follow", instead: "a camera VLAN and a VPN"),
        KnownService(
            ["xiongmai", "dvr"], "Xiongmai recorder", [ServicePorts(34567, .tcp)], .never,
            "sign-in gets bypassed, botnets follow", instead: "a camera VLAN and a VPN"),
        KnownService(
            ["plex"], "Plex", [ServicePorts(32400, .tcp)], .fine,
            "needs updates and sign-in for everyone", instead: "Plex's relay or a VPN"),
        KnownService(
            ["plex-discovery"], "Plex discovery", [ServicePorts(32410, 32414, .udp)], .never,
            "meant for the LAN, amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["jellyfin", "emby"], "Jellyfin, Emby", [ServicePorts(8096, .tcp)], .allowList,
            "clear text; some pages ask for no sign-in",
            instead: "a reverse proxy on 443, or a VPN"),
        KnownService(
            ["jellyfin-https", "emby-https"], "Jellyfin, Emby over TLS",
            [ServicePorts(8920, .tcp)], .allowList,
            "some pages ask for no sign-in", instead: "a reverse proxy on 443, or a VPN"),
        KnownService(
            ["jellyfin-discovery", "emby-discovery"], "Jellyfin, Emby discovery",
            [ServicePorts(7359, .udp)], .never,
            "meant for the LAN", instead: "keep it on the LAN"),
        KnownService(
            ["synology", "dsm", "synology-https"], "Synology DSM over TLS",
            [ServicePorts(5001, .tcp)], .allowList,
            "passwords are tried for ransomware",
            instead: "a VPN or QuickConnect, and a second factor"),
        KnownService(
            ["synology-http", "dsm-http"], "Synology DSM in the clear",
            [ServicePorts(5000, .tcp)], .never,
            "passwords travel readable, ransomware tries them",
            instead: "a VPN or QuickConnect, and a second factor"),
        KnownService(
            ["synology-drive"], "Synology Drive", [ServicePorts(6690, .tcp)], .allowList,
            "passwords are tried for ransomware",
            instead: "a VPN or QuickConnect, and a second factor"),
        KnownService(
            ["immich"], "Immich", [ServicePorts(2283, .tcp)], .allowList,
            "has no TLS of its own", instead: "a reverse proxy on 443"),
        KnownService(
            ["photoprism"], "PhotoPrism", [ServicePorts(2342, .tcp)], .allowList,
            "has no TLS of its own", instead: "a reverse proxy on 443"),
        KnownService(
            ["vaultwarden", "bitwarden"], "Vaultwarden behind a proxy",
            [ServicePorts(443, .tcp)], .fine,
            "the proxy must bring the TLS", instead: "a VPN"),
        KnownService(
            ["octoprint"], "OctoPrint", [ServicePorts(5000, .tcp)], .never,
            "strangers could heat the printer until it burns", instead: "a VPN"),
        KnownService(
            ["klipper", "moonraker"], "Klipper (Moonraker)", [ServicePorts(7125, .tcp)], .never,
            "strangers could heat the printer until it burns", instead: "a VPN"),
        KnownService(
            ["printer", "jetdirect"], "Printer (JetDirect)", [ServicePorts(9100, .tcp)], .never,
            "prints whatever strangers send, even firmware", instead: "keep it on the LAN"),
        KnownService(
            ["lpd"], "Printer (LPD)", [ServicePorts(515, .tcp)], .never,
            "prints whatever strangers send", instead: "keep it on the LAN"),
        KnownService(
            ["ipp", "cups"], "Printer (IPP, CUPS)", [ServicePorts(631, .tcpAndUDP)], .never,
            "CUPS has run strangers' code", instead: "keep it on the LAN"),
        KnownService(
            ["modbus"], "Modbus", [ServicePorts(502, .tcp)], .never,
            "obeys whoever connects", instead: "a VPN"),
        KnownService(
            ["bacnet"], "BACnet", [ServicePorts(47808, .udp)], .never,
            "obeys whoever connects", instead: "a VPN"),
        KnownService(
            ["s7", "s7comm"], "Siemens S7", [ServicePorts(102, .tcp)], .never,
            "obeys whoever connects", instead: "a VPN"),
        KnownService(
            ["knx", "knx-ip"], "KNX/IP", [ServicePorts(3671, .udp)], .never,
            "obeys whoever connects", instead: "a VPN"),
        KnownService(
            ["chromecast", "google-cast"], "Chromecast", [ServicePorts(8008, 8009, .tcp)], .never,
            "plays whatever anyone sends", instead: "keep it on the LAN"),
        KnownService(
            ["airplay"], "AirPlay", [ServicePorts(7000, .tcp)], .never,
            "plays whatever anyone sends", instead: "keep it on the LAN"),
        KnownService(
            ["dlna", "minidlna"], "DLNA server", [ServicePorts(8200, .tcp)], .never,
            "shows your media to whoever asks", instead: "keep it on the LAN"),
        KnownService(
            ["sonos"], "Sonos", [ServicePorts(1400, .tcp)], .never,
            "plays whatever anyone sends", instead: "keep it on the LAN"),
        KnownService(
            ["adb", "android-tv"], "Android debugging (ADB)", [ServicePorts(5555, .tcp)], .never,
            "a shell without a password, sought by worms", instead: "turn it off"),
    ]
}
