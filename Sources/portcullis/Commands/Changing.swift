import ArgumentParser
import ControlClient
import ControlModel
import Forwarding

struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Adds a forward.",
        discussion: """
            EXAMPLES
              portcullis add 8443/tcp 192.168.7.10:443 --name nas --allow 203.0.113.0/24 --for 2h
              portcullis add minecraft 192.168.7.10
              portcullis add 27015-27030/tcp+udp 192.168.7.10:37015-37030 --on wan0
              portcullis add 443/tcp [2001:db8:7::10]:443
              portcullis add 25565/tcp 192.168.7.10 --schedule 'fri,sat 18:00-02:00'
              portcullis add 22/tcp 192.168.7.10 --max-rate-per-source 6/min --monthly 50GB
              portcullis add 22/tcp gateway --name keep-ssh
              portcullis add all 192.168.7.10 --at 203.0.113.6
              portcullis add 22/tcp [::10/64@br0]:22
              portcullis add 80/tcp 127.0.0.1:8080 --proxy v2
              portcullis add 5432/tcp 192.168.7.10 --also 192.168.7.11 --check 2s
              portcullis add 443/tcp 192.168.7.10 --tls-name mail.example.com=192.168.7.11
              portcullis add 8080/tcp unix:/run/app.sock
              portcullis add 443/tcp 192.168.7.10 --upstream
            """)

    @Argument(
        help: "Ports and protocol (8443/tcp, 27015-27030/tcp+udp), a service's name, or all.")
    var external: String

    @Argument(
        help: ArgumentHelp(
            """
            The target: address, host name or hardware address, with a port if it differs; gateway \
            leaves the ports to this machine.
            """))
    var target: String

    @Option(help: "The forward's name (default: the service, or such as tcp-8443).")
    var name: String?

    @OptionGroup var terms: ForwardOptions

    @Flag(help: "Ask the router in front for the external ports, too.")
    var upstream = false

    @Flag(help: "Keep it switched off for now.")
    var disabled = false

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let bodies = try ServiceNames.bodies(external: external, target: target, name: name).map {
            var body = $0
            terms.fill(&body)
            if upstream { body.upstream = true }
            if disabled { body.enabled = false }
            return body
        }
        let answer = try await socket.client.send(
            .POST, "/v1/forwards", dryRun ? ["dry_run": "true"] : [:], ForwardsBody(bodies),
            as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer) }
    }
}

struct SetForward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Changes a forward.",
        discussion: """
            EXAMPLES
              portcullis set nas --to 192.168.7.20:443
              portcullis set nas --anywhere --forever
              portcullis set nas --external 9443/tcp --rename nas-outside
            """)

    @Argument(help: "The forward.") var name: String

    @Option(help: "The new target.") var to: String?

    @Option(help: "The new external ports and protocol.") var external: String?

    @Option(help: "The new name.") var rename: String?

    @OptionGroup var terms: ForwardOptions

    @Option(help: "Whether the router in front is asked for the external ports, too: on or off.")
    var upstream: ForwardOptions.Switch?

    @Flag(help: "No end time any more.") var forever = false

    @Flag(help: "At every WAN again, not at one interface or address.") var everyWan = false

    @Flag(help: "No deny-list any more.") var denyNone = false

    @Flag(help: "IPv6 untranslated again.") var noNat6 = false

    @Flag(help: "Say what would happen, and change nothing.") var dryRun = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func validate() throws {
        let isTimed = terms.lasting != nil || terms.until != nil
        try terms.refuse("--forever", with: "--for or --until", when: forever && isTimed)
        let isPlaced = terms.on != nil || terms.at != nil
        try terms.refuse("--every-wan", with: "--on or --at", when: everyWan && isPlaced)
        try terms.refuse("--deny-none", with: "--deny", when: denyNone && !terms.deny.isEmpty)
        try terms.refuse("--no-nat6", with: "--nat6", when: noNat6 && terms.nat6)
    }

    func run() async throws {
        var body = ForwardBody()
        terms.fill(&body)
        body.to = to
        body.external = external
        body.name = rename
        if forever { body.ends = "never" }
        if everyWan { body.on = "" }
        if denyNone { body.deny = [] }
        if noNat6 { body.nat6 = false }
        body.upstream = upstream.map { $0 == .on }
        guard body != ForwardBody() else {
            throw ValidationError("nothing to change; say what is to be different, such as --to.")
        }
        try await Editing(socket: socket, output: output).send(name, body, dryRun: dryRun)
    }
}

struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Switches a forward on.", discussion: "EXAMPLE\n  portcullis enable nas")
    @Argument(help: "The forward.") var name: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        var body = ForwardBody()
        body.enabled = true
        try await Editing(socket: socket, output: output).send(name, body)
    }
}

struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Switches a forward off, and keeps it.",
        discussion: "EXAMPLE\n  portcullis disable nas")
    @Argument(help: "The forward.") var name: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        var body = ForwardBody()
        body.enabled = false
        try await Editing(socket: socket, output: output).send(name, body)
    }
}

struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Removes a forward, and ends its flows.",
        discussion: "EXAMPLE\n  portcullis remove nas --dry-run")
    @Argument(help: "The forward.") var name: String
    @Flag(help: "Say what would happen, and change nothing.") var dryRun = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let answer = try await socket.client.send(
            .DELETE, try path(ofForward: name), dryRun ? ["dry_run": "true"] : [:],
            as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer) }
    }
}

/// Sends a change of one forward.
private struct Editing {
    var socket: SocketOptions
    var output: OutputOptions

    func send(_ name: String, _ body: ForwardBody, dryRun: Bool = false) async throws {
        let answer = try await socket.client.send(
            .PATCH, try path(ofForward: name), dryRun ? ["dry_run": "true"] : [:],
            body, as: Views.Changes.self)
        try output.show(answer) { ChangeReport.show(answer) }
    }
}
