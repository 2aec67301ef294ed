import ArgumentParser

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the gateway in the foreground.",
        discussion: """
            Without --wan, the interface of the default route is the WAN. The table is kept under
            --state; forwards stay in force when the daemon ends, unless the configuration says
            otherwise. The kernel carries what it can and the relay everything else; where the process
            may not change the kernel's tables, the relay carries all. SIGHUP reads the configuration again, SIGTERM ends in order.

            EXAMPLES
              portcullis run
              portcullis run --wan wan0 --wan wan1 --lan br0
              portcullis run --config /etc/portcullis/portcullis.toml
              portcullis run --mapping all
              portcullis run --api 192.168.7.1:8444
              portcullis run --take-over
              portcullis run --engine relay --state ~/portcullis --socket ~/portcullis.sock
            """)

    @Option(help: ArgumentHelp("A TOML file with settings and forwards.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Where the table is kept (default: /var/lib/portcullis, or your own state folder).",
            valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("The socket for the command line.", valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "An interface that leads outside; may be given several times.", valueName: "iface"))
    var wan: [String] = []

    @Option(
        help: ArgumentHelp(
            "An interface that leads inside; may be given several times.", valueName: "iface"))
    var lan: [String] = []

    @Flag(
        help: "Take the place of the daemon that runs, without refusing a connection.")
    var takeOver = false

    @Option(
        help: ArgumentHelp(
            "Which engine carries the forwards: auto, kernel or relay (default: auto).",
            valueName: "engine"))
    var engine: String?

    @Option(
        help: ArgumentHelp(
            "Protocols by which devices may ask for ports: all, or pcp, nat-pmp, upnp (default: none).",
            valueName: "protocols"))
    var mapping: String?

    @Option(
        help: ArgumentHelp(
            "Serve the page and the API at this address over TLS; may be given several times.",
            valueName: "address:port"))
    var api: [String] = []

    func run() async throws {
        let settings = try DaemonSettings(options: self)
        try await Daemon(settings: settings, options: self).run()
    }
}
