import ArgumentParser
import ControlClient
import ControlModel
import Forwarding
import Glibc
import LinuxKit

/// The command line: `run` is the daemon, everything else speaks to it.
@main
struct Portcullis: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portcullis",
        abstract: "Forwards ports from outside to devices inside, through the kernel.",
        discussion: """
            EXAMPLES
              portcullis run --wan wan0 --lan br0
              portcullis add 8443/tcp 192.168.7.10:443 --name nas --allow 203.0.113.0/24 --for 2h
              portcullis add minecraft 192.168.7.10
              portcullis list
              portcullis remove nas

            EXIT CODES
              0 done   1 refused or failed   2 wrong usage   3 no daemon
            """,
        version: portcullisVersion,
        subcommands: [
            Run.self, Add.self, List.self, Show.self, SetForward.self, Remove.self, Enable.self,
            Disable.self, Flows.self, EndFlows.self, Requests.self, Allow.self, Deny.self,
            RequestPort.self, Plan.self, Apply.self, Confirm.self, Rollback.self,
            History.self, Diff.self, Export.self, Import.self, Status.self, TracePacket.self,
            Doctor.self, WAN.self, STUNServerCommand.self, Log.self, Dashboard.self, Tokens.self,
            Password.self, Codes.self, Completion.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch { leave(error) }
    }

    /// Says what went wrong and ends with the code that programs rely on.
    private static func leave(_ error: any Error) -> Never {
        switch error {
        case let none as NoDaemon where UnixSocket.isForbidden(none.socket):
            complain("you may not use \(none.socket); run as root, or join the group that owns it")
            Glibc.exit(1)
        case let none as NoDaemon:
            complain("no gateway answers at \(none.socket); start one with \"portcullis run\"")
            Glibc.exit(3)
        case let problem as Views.Problem:
            Console.complain(problem)
            Glibc.exit(1)
        case let refusal as Refusal:
            complain(refusal.sentence)
            Glibc.exit(1)
        case let bodies as RefusedBodies:
            for refusal in bodies.refusals { complain(refusal.sentence) }
            Glibc.exit(1)
        case let failure as Failure:
            complain(failure.text)
            Glibc.exit(1)
        case let code as ExitCode: Glibc.exit(code.rawValue)
        default: leaveUsage(error)
        }
    }

    private static func leaveUsage(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        guard code != .success else {
            print(message)
            Glibc.exit(0)
        }
        complain(message, prefix: "")
        Glibc.exit(code == .validationFailure ? 2 : 1)
    }

    private static func complain(_ text: String, prefix: String = "portcullis: ") {
        Console.error(prefix + text)
    }
}

/// Something failed that has no words of its own.
struct Failure: Error {
    var text: String

    init(_ text: String) { self.text = text }
}
