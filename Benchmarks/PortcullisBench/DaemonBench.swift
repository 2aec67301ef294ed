import Foundation
import Glibc

/// Measures the program itself, with 60,000 forwards of a file.
struct DaemonBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup

    struct Figures {
        var apply = 0.0
        var restart: [Double] = []
        /// Mebibytes: after loading, at the most, and after a restart.
        var memory = 0.0
        var peak = 0.0
        var restarted = 0.0
        var idle = 0.0
        var add: [Double] = []
    }

    func run() throws -> Figures {
        var figures = Figures()
        guard FileManager.default.isExecutableFile(atPath: options.program) else {
            throw Failure("\(options.program) is not there; build it, or name one by --program")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: lab.gateway.name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        cleanup.add { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "forwards.toml")
        try Data(Table.toml(EngineBench.size).utf8).write(to: file)
        let daemon = Daemon(lab.gateway, program: options.program, folder: folder, cleanup)

        say("the daemon: start, and \(EngineBench.size.grouped) forwards of a file")
        try daemon.start()
        figures.idle = try daemon.mebibytes("VmRSS")
        figures.apply = try milliseconds { try daemon.tell("apply", file.path) }
        // Freed memory goes back every ten seconds.
        usleep(12_000_000)
        figures.memory = try daemon.mebibytes("VmRSS")
        figures.peak = try daemon.mebibytes("VmHWM")
        say("the daemon: adding by the command line")
        for number in 1...(options.isQuick ? 3 : 20) {
            let port = 62_000 + number
            figures.add.append(
                try milliseconds { try daemon.tell("add", "\(port)/tcp", "192.168.7.250:80") })
        }
        for round in 1...(options.isQuick ? 1 : 3) {
            say("the daemon: restart \(round)")
            daemon.kill()
            figures.restart.append(try milliseconds { try daemon.start() })
        }
        figures.restarted = try daemon.mebibytes("VmRSS")
        daemon.kill()
        return figures
    }
}
