/// Schedules, limits, whole addresses and exceptions that the command line must refuse.
extension BadInput {
    private static let nas = "192.168.7.10"

    private static func term(
        _ option: String, _ value: String, _ field: String, _ reason: String, _ advice: String
    ) -> BadInput {
        BadInput("add", "80/tcp", nas, option, value, field: field, value, reason, advice)
    }

    static let limits: [BadInput] = [
        term("--max-connections", "0", "max_connections", "1 to 1000000", "or none"),
        term("--max-connections", "many", "max_connections", "no number", "or none"),
        term(
            "--max-connections-per-source", "x", "max_connections_per_source", "no number",
            "such as 20"),
        term("--max-rate", "20", "max_rate", "no rate", "20/s"),
        term("--max-rate-per-source", "20/day", "max_rate_per_source", "no rate", "6/min"),
        term("--monthly", "50", "monthly", "no amount", "50GB"),
        term("--bandwidth", "10MB", "bandwidth", "no bandwidth", "10Mbit"),
        term("--when-closed", "drop", "when_closed", "not one of", "end or keep"),
        term("--schedule", "18:00-23:00", "schedule", "which days", "daily 18:00-23:00"),
        BadInput(
            "add", "80/tcp", nas, "--schedule", "daily 08:00-20:00 Europe/Berln", field: "schedule",
            "Europe/Berln", "no time zone of this machine", "Europe/Berlin"),
    ]

    static let wholes: [BadInput] = [
        BadInput(
            "add", "all", nas, field: "external", "all", "listens at every address port 7777",
            "portcullis add 7777/tcp gateway"),
        BadInput(
            "add", "all", "\(nas):443", field: "to", "\(nas):443", "1 port(s) for 65535",
            "without a port"),
        BadInput(
            "add", "all", "gateway", field: "external", "all", "more than 1024", "fewer ports"),
        BadInput(
            "add", "22/tcp", "gateway:23", field: "to", "gateway:23", "ports of its own",
            "gateway without a port"),
        BadInput(
            "add", "22/tcp", "gateway", "--max-rate", "5/s", field: "max_rate", "", "says nothing",
            "leave it out"),
        BadInput(
            "add", "8443/tcp", "gateway", field: "external", "8443/tcp",
            "\"nas\" is looked at first",
            "--at"),
    ]
}

/// What a relay cannot keep.
extension BadInput {
    static let relays: [BadInput] = [
        term("--engine", "fast", "engine", "not one of", "auto or kernel or relay"),
        term("--proxy", "v3", "proxy", "not one of", "v1 or v2 or none"),
        term("--proxy-udp", "v2-each", "proxy_udp", "about udp", "leave it out"),
        term("--trusted-proxy", "10.0.0.1/8", "trusted_proxies", "bits set", "10.0.0.0/8"),
        term("--also", "224.0.0.1", "also", "multicast", "one device"),
        term("--balance", "random", "balance", "not one of", "source-hash"),
        term("--check", "2s fall", "check", "no rhythm", "2s fall 3 rise 2"),
        term("--tls-name", "www.example.com", "names", "which name", "www.example.com="),
        term("--other-names", "refuse", "other_names", "nothing without", "names"),
        term("--source", "mine", "source", "not one of", "transparent"),
        term("--bandwidth-per-flow", "10", "bandwidth_per_flow", "no bandwidth", "10Mbit"),
        term("--timeout-connect", "2d", "timeout_connect", "1s to 1d", "standard"),
        term("--timeout-idle", "31d", "timeout_idle", "1s to 30d", "standard"),
        BadInput(
            "add", "80/tcp+udp", nas, "--proxy", "v2", field: "proxy_udp", "", "clients of udp",
            "--proxy-udp"),
        BadInput(
            "add", "80/tcp", nas, "--engine", "kernel", "--proxy", "v1", field: "engine", "kernel",
            "contradicts \"proxy\"", "one of the two"),
        BadInput(
            "add", "80/sctp", nas, "--also", "192.168.7.11", field: "also", "", "does not carry",
            "tcp or udp"),
        BadInput(
            "add", "80/udp", "unix:/run/app.sock", field: "to", "unix:/run/app.sock",
            "one port of TCP", "443/tcp"),
        BadInput(
            "add", "80/tcp", "unix:app.sock", field: "to", "unix:app.sock", "no path",
            "absolute path"),
    ]
}
