import Addressing
import Foundation
import TestKit
import Testing

/// Requests that make no sense, or nearly do, at the running daemon.
@Suite struct `The daemon under a hundred thousand requests` {
    /// Mutated vectors of a folder, 32 at a time; then one that is answered when they have been read.
    private static let program = """
        import glob, random, socket, struct, sys
        folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        own = bytes(10) + b"\\xff\\xff" + socket.inet_aton("192.168.7.10")
        vectors = []
        for name in sorted(glob.glob(folder + "/*.hex")):
            data = bytearray.fromhex("".join(open(name).read().split()))
            if len(data) >= 24 and data[0] == 2:
                data[8:24] = own
            vectors.append(bytes(data))
        r = random.Random(seed)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.connect(("192.168.7.1", 5351))
        s.settimeout(2)
        ping = struct.pack("!BBHI", 0, 0, 0, 0)[:2]

        def made():
            if r.random() < 0.1:
                return r.randbytes(r.randrange(1, 1200))
            data = bytearray(r.choice(vectors))
            for _ in range(r.randrange(5)):
                if data:
                    # Its own address is left, or hardly anything would be heard.
                    place = r.randrange(len(data))
                    if not 8 <= place < 24:
                        data[place] = r.randrange(256)
            if r.random() < 0.1:
                data = data[:r.randrange(len(data) + 1)]
            if r.random() < 0.1:
                data += r.choice(vectors)
            return bytes(data)

        def drain():
            for _ in range(20):
                try:
                    s.send(ping)
                    while True:
                        answer = s.recv(2000)
                        if len(answer) == 12 and answer[1] == 128 and answer[0] == 0:
                            return
                except (socket.timeout, ConnectionError):
                    pass
            sys.exit("silence")

        for number in range(count):
            try:
                s.send(made())
            except ConnectionError:
                pass
            if number % 32 == 31:
                drain()
        drain()
        print("done")
        """

    private func send(
        _ count: Int, _ folder: String, _ seed: Int, _ lab: Lab
    ) async throws {
        let place = projectFolder.appending(path: "Fuzz/Corpus/\(folder)").path
        let host = lab.lan1
        let said = try await host.run {
            try host.command(
                ["/usr/bin/python3", "-c", Self.program, place, "\(count)", "\(seed)"])
        }
        #expect(said.output.contains("done"), "\(said.errors)")
    }

    /// Kibibytes that the daemon has in memory for itself.
    private func memory(_ gateway: GatewayProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(gateway.id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return try #require(line.flatMap { Int($0.filter(\.isNumber)) })
    }

    @Test(arguments: ["PCP", "NATPMP"])
    func `has no more mappings than it may, and does not grow`(folder: String) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: """
                    [mapping]
                    protocols = ["pcp", "nat-pmp"]
                    per_device = 8
                    requests_per_device = 1000000
                    requests_per_interface = 1000000
                    """)
            // What it needs once (pools of buffers, pages of the database) it has after these.
            try await send(20_000, folder, 1, lab)
            let before = try memory(gateway)
            try await send(80_000, folder, 2, lab)
            let growth = try memory(gateway) - before
            #expect(growth < 16_384, "\(growth) KiB")
            #expect(gateway.isRunning)
            let leases = try gateway.json(["list"], as: Leases.self).forwards
            #expect((1...8).contains(leases.count), "\(leases.count)")
            #expect(leases.allSatisfy { $0.lease?.device == "192.168.7.10" })
            // It goes on serving those who ask properly.
            let again = try PCPCaller.ask(lab.lan2, "map", "9001", "--outside", "50000")
            #expect(again.isGranted)
            // The log says what it refused as a person can read it.
            let lines = gateway.log.split(separator: "\n").count { $0.contains("refused") }
            #expect(lines < 200, "\(lines)")
        }
    }
}
