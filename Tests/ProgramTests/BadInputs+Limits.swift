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
