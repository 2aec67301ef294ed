import Foundation
import LinuxKit

/// Measures the gateway side by side with what it is compared to, and prints a table.
///
/// A goal that is missed is a result; only what could not be measured is a failure.
@main
enum Bench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard !arguments.contains("--help") else { return print(Options.usage, terminator: "") }
        let options: Options
        do { options = try Options(Array(arguments)) } catch {
            say("portcullis-bench: \(error)\n\(Options.usage)")
            exit(2)
        }
        let cleanup = Cleanup()
        do {
            try cleanup.runOnSignals()
            let report = try measure(options, cleanup)
            cleanup.run()
            print(report.text, terminator: "")
            if let file = options.json { try write(report, to: file) }
            guard report.failures.isEmpty else { exit(1) }
        } catch {
            cleanup.run()
            say("portcullis-bench: \(error)")
            exit(1)
        }
    }

    private static func measure(_ options: Options, _ cleanup: Cleanup) throws -> Report {
        guard getuid() == 0 else { throw Failure("needs root, for network namespaces") }
        let lab = try Lab(cleanup)
        let tally = try EchoServer.start(in: lab.server)
        var report = Report(machine: Self.machine)
        for part in options.parts {
            switch part {
            case .traffic:
                let figures = try TrafficBench(lab: lab, options: options).run()
                report.sections += Section.sections(of: figures)
            case .engine:
                let figures = try EngineBench(lab: lab, options: options).run()
                report.sections.append(Section.section(of: figures))
            case .daemon:
                let figures = try DaemonBench(lab: lab, options: options, cleanup: cleanup).run()
                report.sections.append(Section.section(of: figures))
            case .restore:
                let bench = RestoreBench(lab: lab, options: options, cleanup: cleanup)
                report.sections += try bench.run().map(Section.section)
            case .mapping:
                let bench = MappingBench(lab: lab, options: options, cleanup: cleanup)
                report.sections += Section.sections(of: try bench.run())
            case .api:
                let bench = APIBench(lab: lab, options: options, cleanup: cleanup)
                report.sections += Section.sections(of: try bench.run())
            case .relay:
                let bench = RelayBench(lab: lab, options: options, cleanup: cleanup, tally: tally)
                let results = try bench.run()
                report.sections += Section.sections(
                    of: results.figures, countedBy: results.counter)
                report.failures += results.failures
            }
        }
        return report
    }

    private static var machine: String {
        var load = [0.0]
        // SAFETY: the call writes one number into an array that outlives it.
        _ = unsafe getloadavg(&load, 1)
        let kernel = (try? KernelSetting("kernel/osrelease").read()) ?? "unknown"
        return """
            Linux \(kernel), \(ProcessInfo.processInfo.activeProcessorCount) cores shared by client, \
            gateway and server; load at the start \(load[0].short)
            """
    }

    private static func write(_ report: Report, to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: URL(filePath: file))
    }
}
