import ArgumentParser
import ControlClient
import ControlModel
import FoundationEssentials

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds what is wrong around the forwards, and how to put it right.",
        discussion: """
            Looks at the kernel's settings, the tables of other programs, the WAN, the targets.
            Exit code 0: nothing is wrong; 1: there are problems or warnings.

            EXAMPLES
              portcullis doctor
              portcullis doctor --fix
              portcullis doctor -o json
            """)
    @Flag(help: "Put right what can be put right safely, after asking.") var fix = false
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var socket: SocketOptions

    func validate() throws {
        guard !yes || fix else { throw ValidationError("--yes says nothing without --fix.") }
    }

    func run() async throws {
        var answer = try await examine()
        if fix, try await mend(answer) { answer = try await examine() }
        try output.show(answer) { DoctorReport.show(answer) }
        if !answer.isWell { throw ExitCode(1) }
    }

    private func examine() async throws -> Views.Doctor {
        Console.progress("looking at the machine, and asking the targets …")
        return try await socket.client.get("/v1/doctor", as: Views.Doctor.self)
    }

    /// - Returns: whether anything was done.
    ///
    /// What it says goes to standard error: standard output is for the answer.
    private func mend(_ answer: Views.Doctor) async throws -> Bool {
        let fixable = answer.findings.filter { $0.fix != nil }
        guard !fixable.isEmpty else {
            Console.error("nothing here can be put right by the gateway itself")
            return false
        }
        for finding in fixable { Console.error(DoctorReport.plan(finding)) }
        guard isAgreed() else {
            Console.error("nothing was changed")
            return false
        }
        let body = Views.FixBody(findings: fixable.map(\.id))
        let fixed = try await socket.client.send(
            .POST, "/v1/doctor/fix", [:], body, as: Views.Fixed.self)
        for entry in fixed.fixed { Console.error("done: \(entry.done)") }
        if fixable.contains(where: { $0.fix?.settings != nil }) {
            Console.error(
                "settings of the kernel last until the machine restarts; write them into"
                    + " /etc/sysctl.d/90-portcullis.conf to keep them")
        }
        return true
    }

    private func isAgreed() -> Bool {
        if yes { return true }
        guard Console.inputIsTerminal else {
            Console.error("nobody is there to be asked; say --yes to apply these")
            return false
        }
        Console.error("apply? [y/N]")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
