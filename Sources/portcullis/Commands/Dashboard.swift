import ArgumentParser
import ControlClient
import ControlModel
import Foundation

struct Dashboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a link that signs in to the page once, and opens it.",
        discussion: """
            EXAMPLES
              portcullis dashboard
              portcullis dashboard --no-open

            The link holds for five minutes and for one use. The page has to be switched on: by
            "portcullis run --api 192.168.7.1:8444", or listen under [api] of the configuration.
            """)
    @Flag(
        inversion: .prefixedNo,
        help: "Open it in the browser (default: in front of a desktop).")
    var open: Bool?
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func run() async throws {
        let link = try await socket.client.send(
            .POST, "/v1/sign-in-links", as: Views.SignInLink.self)
        try output.show(link) {
            print(link.url)
            Console.progress("once, until \(link.expires) (\(Words.until(link.expires)))")
        }
        guard open ?? (Console.isTerminal && Self.hasDesktop) else { return }
        Self.open(link.url)
    }

    private static var hasDesktop: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
    }

    /// The link is there to be copied where nothing opens it.
    private static func open(_ url: String) {
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments = ["xdg-open", url]
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        do {
            try program.run()
            program.waitUntilExit()
        } catch { Console.progress("no browser was opened: \(error)") }
        if program.terminationStatus != 0 { Console.progress("no browser was opened") }
    }
}
