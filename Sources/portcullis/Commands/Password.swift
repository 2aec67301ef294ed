import ArgumentParser
import ControlClient
import ControlModel
import LinuxKit

struct Password: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sets or removes the password of the page.",
        discussion: """
            EXAMPLES
              portcullis password set
              portcullis password remove

            Without a password the page is entered by "portcullis dashboard" alone. Setting another one
            ends every session.
            """,
        subcommands: [Set.self, Remove.self])

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for a password, of twelve characters at least, and sets it.",
            discussion: """
                EXAMPLE
                  portcullis password set --stdin
                """)
        @Flag(help: "Take the first line of standard input, and do not ask.") var stdin = false
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            let password = stdin ? readLine() : try Self.asked()
            guard let password, !password.isEmpty else { throw Failure("there was no password") }
            try await socket.client.order(
                .PUT, "/v1/password", Views.PasswordBody(password: password))
            print("the password is set; whoever was signed in has to sign in again")
        }

        private static func asked() throws -> String? {
            let first = Terminal.withoutEcho { Console.ask("Password: ") }
            let second = Terminal.withoutEcho { Console.ask("Once more: ") }
            guard first == second else { throw Failure("the two are not the same") }
            return first
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes the password; links still sign in.",
            discussion: """
                EXAMPLE
                  portcullis password remove
                """)
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            try await socket.client.order(.DELETE, "/v1/password")
            print("there is no password any more")
        }
    }
}

/// Codes of an authenticator beside the password.
struct Codes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totp", abstract: "Asks for a code of an authenticator beside the password.",
        discussion: """
            EXAMPLES
              portcullis totp on
              portcullis totp off
            """,
        subcommands: [On.self, Off.self])

    struct On: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "on",
            abstract: "Shows a secret for the authenticator, and asks for a code.",
            discussion: """
                EXAMPLE
                  portcullis totp on
                """)
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            let secret = try await socket.client.send(.POST, "/v1/totp", as: Views.TOTPSecret.self)
            print("secret   \(secret.secret)\naddress  \(secret.uri)")
            Console.flush()
            guard let code = Console.ask("Code that the authenticator shows: "), !code.isEmpty
            else {
                throw Failure("there was no code; codes are not asked for yet")
            }
            try await socket.client.order(.PUT, "/v1/totp", Views.CodeBody(code: code))
            print("signing in by password asks for a code from now on")
        }
    }

    struct Off: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "off", abstract: "Asks for no code any more.",
            discussion: """
                EXAMPLE
                  portcullis totp off
                """)
        @OptionGroup var socket: SocketOptions

        func run() async throws {
            try await socket.client.order(.DELETE, "/v1/totp")
            print("signing in asks for no code any more")
        }
    }
}
