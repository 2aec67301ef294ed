import Addressing
import Foundation
import TestKit
import Testing

/// What systemd does for a service with FileDescriptorStoreMax=, as far as we need it.
///
/// It keeps what it is given until the service says otherwise, and passes it at the next start. It
/// starts the service when there is a file `go`, and waits for its end then.
private final class ServiceManager {
    private let process = Process()
    private let folder: URL
    private let arguments: [String]

    private static let script = """
        import array, os, socket, sys, time
        folder, command = sys.argv[1], sys.argv[2:]
        store = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        store.bind(folder + "/notify")
        store.setblocking(False)
        kept = []
        def hear():
            while True:
                try: text, control, _, _ = store.recvmsg(4096, 65536)
                except BlockingIOError: return
                if b"FDSTOREREMOVE=1" in text:
                    while kept: os.close(kept.pop())
                for level, kind, data in control:
                    if kind == socket.SCM_RIGHTS:
                        numbers = array.array("i"); numbers.frombytes(data); kept.extend(numbers)
        def note(name, text):
            with open(folder + "/" + name + ".new", "w") as file: file.write(str(text))
            os.rename(folder + "/" + name + ".new", folder + "/" + name)
        while True:
            while not os.path.exists(folder + "/go"): time.sleep(0.01)
            os.unlink(folder + "/go")
            pid = os.fork()
            if pid == 0:
                high = [os.dup2(number, 500 + place) for place, number in enumerate(kept)]
                for place, number in enumerate(high): os.dup2(number, 3 + place)
                os.closerange(3 + len(high), 1024)
                os.environ.update(NOTIFY_SOCKET=folder + "/notify", LISTEN_FDS=str(len(high)))
                os.execvp("sh", ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] + command)
            note("pid", pid)
            while os.waitpid(pid, os.WNOHANG)[0] == 0:
                hear(); note("kept", len(kept)); time.sleep(0.01)
            hear()
            note("kept", len(kept))
            note("ended", pid)
        """

    init(_ lab: Lab, _ folder: URL, _ options: [String]) throws {
        self.folder = folder
        arguments =
            ["ip", "netns", "exec", lab.gateway.namespace, "setpriv", "--pdeathsig", "KILL"]
            + [GatewayProcess.binary, "run", "--wan", "wan0", "--state", "\(folder.path)/state"]
            + ["--socket", "\(folder.path)/control.sock"] + options
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, folder.path] + arguments
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private func number(_ name: String) -> Int? {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)).flatMap { Int($0) }
    }

    var kept: Int? { number("kept") }

    var log: String {
        (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    func cli(_ arguments: String...) throws -> Command.Result {
        try Command.run(
            [GatewayProcess.binary] + arguments,
            environment: ["PORTCULLIS_SOCKET": "\(folder.path)/control.sock"])
    }

    func go() async throws {
        try Data().write(to: folder.appending(path: "go"))
        let isReady = try await eventually(within: 300) { try cli("status").succeeded }
        try #require(isReady, "\(log)")
    }

    /// Ends the service as `systemctl stop` does.
    func end() async throws {
        let id = try #require(number("pid"))
        kill(pid_t(id), SIGTERM)
        try #require(await eventually(within: 300) { number("ended") == id }, "\(log)")
    }
}

@Suite struct `A service manager that keeps descriptors` {
    private static func with(
        _ body: (Lab, ServiceManager) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "manager-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let manager = try ServiceManager(lab, folder, ["--engine", "relay"])
            try await manager.go()
            try await body(lab, manager)
        }
    }

    @Test func `connections that come between stop and start wait, and are served`() async throws {
        try await Self.with { lab, manager in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let place = Sample.endpoint("203.0.113.5", 8444)
            #expect(
                try manager.cli("add", "8444/tcp", "192.168.7.10:443", "--name", "nas").succeeded)
            #expect(manager.kept == 0)
            for _ in 1...3 {
                try await manager.end()
                #expect(manager.kept ?? 0 > 0)
                let waiting = try #require(
                    try await Wire.connected(on: lab.internet, to: place))
                try await manager.go()
                #expect(try waiting.receive() == Array("nas".utf8))
                #expect(try await asks(place, from: lab.internet) == "nas")
            }
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a port that is closed later is closed, since no copy is kept`() async throws {
        try await Self.with { lab, manager in
            let place = Sample.endpoint("203.0.113.5", 8444)
            #expect(
                try manager.cli("add", "8444/tcp", "192.168.7.10:443", "--name", "nas").succeeded)
            try await manager.end()
            try await manager.go()
            #expect(await eventually { manager.kept == 0 })
            #expect(try manager.cli("remove", "nas").succeeded)
            #expect(try await Wire.connected(on: lab.internet, to: place, within: 1000) == nil)
        }
    }
}
