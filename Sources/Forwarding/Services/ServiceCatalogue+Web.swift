import Addressing

extension ServiceCatalogue {
    /// Web servers, proxies, dashboards and what developers run.
    static let web: [KnownService] = [
        KnownService(
            ["https", "web", "reverse-proxy"], "HTTPS", [ServicePorts(443, .tcp)], .fine,
            "as safe as the application behind it",
            instead: "a reverse proxy that asks for sign-in"),
        KnownService(
            ["http3", "quic"], "HTTPS with HTTP/3", [ServicePorts(443, .tcpAndUDP)], .fine,
            "as safe as the application behind it",
            instead: "a reverse proxy that asks for sign-in"),
        KnownService(
            ["http", "acme"], "HTTP", [ServicePorts(80, .tcp)], .fine,
            "clear text; good for redirects and certificates", instead: "HTTPS"),
        KnownService(
            ["http-alt", "web-alt"], "Web on 8080", [ServicePorts(8080, .tcp)], .allowList,
            "often a trial server or a page without sign-in", instead: "a reverse proxy on 443"),
        KnownService(
            ["https-alt"], "HTTPS on 8443", [ServicePorts(8443, .tcp)], .allowList,
            "often a device or a page without sign-in", instead: "a reverse proxy on 443"),
        KnownService(
            ["dev-server"], "Development server",
            [ServicePorts(8000, .tcp), ServicePorts(8081, .tcp), ServicePorts(8888, .tcp)],
            .allowList,
            "often in debug mode, without sign-in", instead: "a reverse proxy on 443"),
        KnownService(
            ["wordpress"], "WordPress", [ServicePorts(443, .tcp)], .fine,
            "its plugins are the weak spot", instead: "updates and a second factor"),
        KnownService(
            ["nextcloud"], "Nextcloud", [ServicePorts(443, .tcp)], .fine,
            "needs updates and its brute-force protection",
            instead: "a second factor, behind a proxy"),
        KnownService(
            ["nginx-proxy-manager", "npm-ui"], "Nginx Proxy Manager UI",
            [ServicePorts(81, .tcp)], .never,
            "whoever signs in decides where the proxy leads", instead: "keep it on the LAN"),
        KnownService(
            [
                "admin-page", "device-ui", "router-ui", "nas-ui", "qnap", "traefik-dashboard",
                "7-days-to-die-web", "ev-charger", "inverter", "heat-pump",
            ], "Admin page (QNAP, Traefik, router, charger)", [ServicePorts(8080, .tcp)], .never,
            "passwords are tried all day, ransomware follows each new hole", instead: "a VPN"),
        KnownService(
            ["http-proxy", "squid"], "HTTP proxy", [ServicePorts(3128, .tcp)], .never,
            "strangers surf and attack from your address", instead: "a VPN"),
        KnownService(
            ["privoxy"], "Privoxy", [ServicePorts(8118, .tcp)], .never,
            "strangers surf and attack from your address", instead: "a VPN"),
        KnownService(
            ["socks", "socks5"], "SOCKS proxy", [ServicePorts(1080, .tcp)], .never,
            "strangers surf and attack from your address", instead: "a VPN"),
        KnownService(
            ["jupyter"], "Jupyter", [ServicePorts(8888, .tcp)], .never,
            "runs any code for whoever has the link", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["node-debug", "node-inspector"], "Node.js debugger",
            [ServicePorts(9229, .tcp)], .never,
            "a debugger runs any code", instead: "an SSH tunnel"),
        KnownService(
            ["chrome-debug", "devtools"], "Chrome remote debugging",
            [ServicePorts(9222, .tcp)], .never,
            "a debugger runs any code", instead: "an SSH tunnel"),
        KnownService(
            ["portainer"], "Portainer", [ServicePorts(9443, .tcp)], .never,
            "whoever rules the containers is root", instead: "a VPN"),
        KnownService(
            ["portainer-http"], "Portainer in the clear", [ServicePorts(9000, .tcp)], .never,
            "whoever rules the containers is root", instead: "a VPN"),
        KnownService(
            ["grafana"], "Grafana", [ServicePorts(3000, .tcp)], .allowList,
            "sign-in was bypassed and files read before",
            instead: "a reverse proxy with single sign-on"),
        KnownService(
            ["prometheus"], "Prometheus", [ServicePorts(9090, .tcp)], .never,
            "no sign-in, tells all about your machines", instead: "a VPN"),
        KnownService(
            ["node-exporter"], "Prometheus node exporter", [ServicePorts(9100, .tcp)], .never,
            "no sign-in, tells all about the machine", instead: "a VPN"),
        KnownService(
            ["kibana", "opensearch-dashboards"], "Kibana, OpenSearch Dashboards",
            [ServicePorts(5601, .tcp)], .never,
            "no sign-in by default, and has run strangers' code", instead: "a VPN"),
        KnownService(
            ["gitea", "forgejo"], "Gitea", [ServicePorts(3000, .tcp)], .allowList,
            "clear text on its own port", instead: "HTTPS through a proxy, and SSH"),
        KnownService(
            ["git", "git-daemon"], "Git daemon", [ServicePorts(9418, .tcp)], .allowList,
            "neither sign-in nor encryption", instead: "HTTPS or SSH"),
        KnownService(
            ["ollama"], "Ollama", [ServicePorts(11434, .tcp)], .never,
            "no sign-in; models get stolen, code has been run", instead: "a VPN"),
        KnownService(
            ["lm-studio", "llm-server"], "LM Studio and other model servers",
            [ServicePorts(1234, .tcp)], .never,
            "no sign-in, strangers compute at your cost", instead: "a VPN"),
    ]
}
