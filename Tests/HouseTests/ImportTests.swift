import TestKit
import Testing

@Suite struct `Imports` {
    /// What each module may use, and why no more (DESIGN.md, "Rooms").
    private static let table: [String: (uses: Set<String>, because: String)] = [
        "Addressing": ([], "it is the ground: pure, nothing but the standard library"),
        "Forwarding": (
            ["Addressing"], "the core is pure: no clock, randomness, I/O, Foundation or logging"
        ),
        "Access": (
            ["Addressing", "Crypto", "CryptoExtras", "Forwarding"],
            "who may do what is decided without a clock or a die; hashes are arithmetic"
        ),
        "Importing": (
            ["Addressing", "Forwarding"], "texts of other programs to forwards, without a machine"
        ),
        "Netlink": (["Addressing"], "bytes to values and back, without a kernel"),
        "Wire": (["Addressing"], "what peers say, as bytes and values, without a socket"),
        "LinuxKit": (
            [
                "Addressing", "CLinux", "Dispatch", "FoundationEssentials", "Glibc", "Netlink",
                "Synchronization",
            ],
            "kernel objects know nothing of forwards"
        ),
        "Netfilter": (
            ["Addressing", "Forwarding", "LinuxKit", "Netlink", "Synchronization"],
            "an engine never calls upward"
        ),
        "Relay": (
            ["Addressing", "CLinux", "Forwarding", "LinuxKit", "Synchronization", "Wire"],
            "an engine never calls upward; it makes its system calls itself, as each one counts"
        ),
        "Reflection": (
            ["Addressing", "LinuxKit", "Wire"],
            "how others see an address, and how we see theirs: it knows nothing of forwards"
        ),
        "Diagnosis": (
            [
                "Addressing", "Forwarding", "FoundationEssentials", "LinuxKit", "Netfilter",
                "Netlink", "Reflection", "Synchronization", "Wire",
            ],
            "it looks at the table and the machine, and changes neither"
        ),
        "Storage": (
            ["Access", "Addressing", "Forwarding", "Foundation", "GRDB"],
            "the store knows forwards and SQLite"
        ),
        "Gateway": (
            ["Access", "Addressing", "Forwarding", "Logging", "Storage"],
            "engine, store and facts come in as protocols"
        ),
        "PortMapping": (
            [
                "Addressing", "Forwarding", "LinuxKit", "Logging", "NIOCore", "NIOHTTP1",
                "NIOPosix",
                "Synchronization", "Wire",
            ], "what devices speak is an edge: it brings requests to a desk, and knows no gateway"
        ),
        "ControlModel": (["Addressing", "Forwarding"], "shapes and words, no transport"),
        "ControlAPI": (
            [
                "Access", "Addressing", "ControlModel", "Crypto", "Diagnosis", "Forwarding",
                "FoundationEssentials", "Gateway", "HTTPTypes", "Hummingbird", "HummingbirdCore",
                "HummingbirdTLS", "LinuxKit",
                "Logging", "NIOCore", "NIOHTTPTypes", "NIOSSL", "Reflection", "ServiceLifecycle",
                "Storage",
                "SwiftASN1",
                "Synchronization", "X509",
            ], "HTTP is an edge: it speaks to the gateway and to diagnosis, never to an engine"
        ),
        "ControlClient": (
            [
                "AsyncHTTPClient", "ControlModel", "FoundationEssentials", "NIOCore", "NIOHTTP1",
            ], "a client has no part of the daemon in it"
        ),
    ]

    /// Where everything is put together; it may use everything.
    private static let composition: Set<String> = ["portcullis"]

    @Test func `every module uses only what its room allows`() throws {
        for file in try SourceFile.all(in: "Sources") where !Self.composition.contains(file.module)
        {
            guard let room = Self.table[file.module] else {
                Issue.record(
                    "\(file.module) has no line in this table: say what it may use, and why")
                continue
            }
            for name in file.imports.subtracting(room.uses).sorted() {
                Issue.record(
                    "\(file.path) imports \(name); \(file.module) may not: \(room.because)")
            }
        }
    }

    @Test func `imports point down: none comes round again`() {
        for (module, room) in Self.table {
            var (above, next): (Set<String>, Set<String>) = ([], room.uses)
            while !next.isSubset(of: above) {
                above.formUnion(next)
                next = next.reduce(into: []) { $0.formUnion(Self.table[$1]?.uses ?? []) }
            }
            #expect(!above.contains(module), "\(module) would use itself")
        }
    }

    @Test func `every module of the table is there`() throws {
        let modules = try Set(SourceFile.all(in: "Sources").map(\.module))
        #expect(modules == Set(Self.table.keys).union(Self.composition))
    }

    /// A clock or a die in the core would make its answers differ from one run to the next.
    @Test(arguments: [
        "Access", "Addressing", "Forwarding", "Importing", "Netlink", "Wire", "ControlModel",
    ])
    func `the pure rooms have no clock, no dice and no waiting`(module: String) throws {
        let impure = [
            "Date", "ContinuousClock", "SuspendingClock", "random", "shuffled", "Task", "async",
            "await", "SystemRandomNumberGenerator", "print", "getenv",
        ]
        for file in try SourceFile.all(in: "Sources/\(module)") {
            for word in impure {
                let found = file.places { $0.hasWord(word) }
                #expect(found.isEmpty, "\(word) in a pure module: pass it in")
            }
        }
    }
}

extension SourceFile {
    /// The modules that it imports.
    var imports: Set<String> {
        Set(
            code.compactMap { line in
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place < 3 else { return nil }
                let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var"]
                let name = words.dropFirst(place + 1).first { !kinds.contains($0) }
                return name?.split(separator: ".").first.map(String.init)
            })
    }
}
