import Addressing

extension ServiceCatalogue {
    /// Shells, desktops, file shares and the administration of machines.
    static let remoteAccess: [KnownService] = [
        KnownService(
            ["ssh", "sftp", "scp"], "SSH", [ServicePorts(22, .tcp)], .allowList,
            "password guessing never stops, and bugs reach it before sign-in",
            instead: "a VPN, or keys only and an allow-list"),
        KnownService(
            ["telnet"], "Telnet", [ServicePorts(23, .tcp)], .never,
            "a clear-text shell, the first thing botnets try", instead: "SSH over a VPN"),
        KnownService(
            ["telnet-alt"], "Telnet on another port", [ServicePorts(2323, .tcp)], .never,
            "a clear-text shell, the first thing botnets try", instead: "SSH over a VPN"),
        KnownService(
            ["rdp", "remote-desktop", "ms-rdp"], "Remote Desktop (RDP)",
            [ServicePorts(3389, .tcpAndUDP)], .never,
            "the usual way in for ransomware",
            instead: "a VPN, or an RD Gateway with a second factor"),
        KnownService(
            ["vnc", "screen-sharing"], "VNC", [ServicePorts(5900, .tcp)], .never,
            "weak passwords of eight letters, or none", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["vnc-displays"], "VNC, further displays", [ServicePorts(5901, 5910, .tcp)], .never,
            "weak passwords of eight letters, or none", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["vnc-web"], "VNC in a browser", [ServicePorts(5800, .tcp)], .never,
            "weak passwords of eight letters, or none", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["teamviewer"], "TeamViewer (direct)", [ServicePorts(5938, .tcpAndUDP)], .allowList,
            "its relay works without an open port", instead: "no forward at all"),
        KnownService(
            ["anydesk"], "AnyDesk (direct)", [ServicePorts(7070, .tcp)], .allowList,
            "its relay works without an open port", instead: "no forward at all"),
        KnownService(
            ["winrm", "powershell-remoting"], "WinRM", [ServicePorts(5985, .tcp)], .never,
            "remote PowerShell, attacked for domain accounts", instead: "a VPN"),
        KnownService(
            ["winrm-https"], "WinRM over TLS", [ServicePorts(5986, .tcp)], .never,
            "remote PowerShell, attacked for domain accounts", instead: "a VPN"),
        KnownService(
            ["smb", "cifs", "samba", "windows-shares"], "Windows shares (SMB)",
            [ServicePorts(445, .tcp)], .never,
            "worms and NTLM relay; many providers block it too",
            instead: "a VPN, SFTP or WebDAV over HTTPS"),
        KnownService(
            ["smb-netbios", "netbios-ssn"], "Windows shares over NetBIOS",
            [ServicePorts(139, .tcp)], .never,
            "worms and NTLM relay; many providers block it too",
            instead: "a VPN, SFTP or WebDAV over HTTPS"),
        KnownService(
            ["netbios", "netbios-ns"], "NetBIOS names", [ServicePorts(137, 138, .udp)], .never,
            "names the LAN's machines and amplifies attacks", instead: "a VPN"),
        KnownService(
            ["msrpc", "dcom"], "Windows RPC", [ServicePorts(135, .tcp)], .never,
            "lists what a machine runs, and has been broken into", instead: "a VPN"),
        KnownService(
            ["msrpc-http"], "Windows RPC over HTTP", [ServicePorts(593, .tcp)], .never,
            "lists what a machine runs, and has been broken into", instead: "a VPN"),
        KnownService(
            ["nfs"], "NFS", [ServicePorts(2049, .tcpAndUDP)], .never,
            "trusts whoever asks", instead: "a VPN"),
        KnownService(
            ["rpcbind", "portmapper"], "rpcbind", [ServicePorts(111, .tcpAndUDP)], .never,
            "amplifies attacks and shows the way to NFS", instead: "a VPN"),
        KnownService(
            ["afp", "netatalk"], "Apple shares (AFP)", [ServicePorts(548, .tcp)], .never,
            "out of date, taken over without a password", instead: "a VPN, with SMB inside"),
        KnownService(
            ["ftp"], "FTP", [ServicePorts(21, .tcp)], .allowList,
            "passwords travel readable and are guessed all day", instead: "SFTP or HTTPS"),
        KnownService(
            ["tftp"], "TFTP", [ServicePorts(69, .udp)], .never,
            "asks for no password and amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["rsync", "rsyncd"], "rsync daemon", [ServicePorts(873, .tcp)], .allowList,
            "modules often ask for no password", instead: "rsync over SSH"),
        KnownService(
            ["webmin"], "Webmin", [ServicePorts(10000, .tcp)], .never,
            "root in a browser, broken into before", instead: "a VPN"),
        KnownService(
            ["cockpit"], "Cockpit", [ServicePorts(9090, .tcp)], .never,
            "root in a browser", instead: "a VPN"),
        KnownService(
            ["proxmox", "pve"], "Proxmox VE", [ServicePorts(8006, .tcp)], .never,
            "controls every virtual machine of the host", instead: "a VPN"),
        KnownService(
            ["ipmi", "bmc", "idrac"], "IPMI", [ServicePorts(623, .udp)], .never,
            "gives password hashes away by design", instead: "a management VLAN and a VPN"),
        KnownService(
            ["ilo", "ilo-media"], "iLO virtual media", [ServicePorts(17988, .tcp)], .never,
            "full control below the operating system", instead: "a management VLAN and a VPN"),
        KnownService(
            ["snmp"], "SNMP", [ServicePorts(161, .udp)], .never,
            "default communities, and it amplifies attacks", instead: "SNMPv3 inside a VPN"),
        KnownService(
            ["snmp-trap"], "SNMP traps", [ServicePorts(162, .udp)], .never,
            "default communities, and it amplifies attacks", instead: "SNMPv3 inside a VPN"),
        KnownService(
            ["cwmp", "tr-069"], "TR-069 (CWMP)", [ServicePorts(7547, .tcp)], .never,
            "routers were taken over through it in masses",
            instead: "leave it to the provider's filter"),
        KnownService(
            ["winbox"], "MikroTik Winbox", [ServicePorts(8291, .tcp)], .never,
            "router passwords were read through it", instead: "a VPN"),
        KnownService(
            ["mikrotik-api", "routeros-api"], "MikroTik API",
            [ServicePorts(8728, 8729, .tcp)], .never,
            "configures the router", instead: "a VPN"),
        KnownService(
            ["unifi", "unifi-controller"], "UniFi controller",
            [ServicePorts(8443, .tcp)], .allowList,
            "was open to Log4Shell; rules the Wi-Fi", instead: "a VPN"),
        KnownService(
            ["unifi-inform"], "UniFi inform", [ServicePorts(8080, .tcp)], .allowList,
            "speaks for the controller of the Wi-Fi", instead: "known addresses only, or a VPN"),
        KnownService(
            ["unifi-discovery"], "UniFi discovery", [ServicePorts(10001, .udp)], .never,
            "amplifies attacks", instead: "keep it on the LAN"),
        KnownService(
            ["x11"], "X11 display", [ServicePorts(6000, 6063, .tcp)], .never,
            "shows the screen and every key to whoever connects", instead: "X forwarding over SSH"),
    ]
}
