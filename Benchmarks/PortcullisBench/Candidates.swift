import Forwarding
import Foundation
import LinuxKit
import Netfilter

/// One way to get packets to the server.
enum Candidate: Hashable {
    case routing
    /// So many rules of `nft`, written by hand; those for the measured port come last.
    case rules(Int)
    case portcullis(Int)

    static let all: [Candidate] = [
        .routing, .rules(1), .rules(10_000), .portcullis(1), .portcullis(1000),
        .portcullis(60_000),
    ]

    var name: String {
        switch self {
        case .routing: "plain routing"
        case .rules(1): "nft, one rule written by hand"
        case .rules(let count): "nft, \(count.grouped) rules written by hand"
        case .portcullis(1): "Portcullis, 1 forward"
        case .portcullis(let count): "Portcullis, \(count.grouped) forwards"
        }
    }

    /// The server itself.
    static var routingPlace: Place { Place(Lab.target, EchoServer.port) }

    private static let rulePort: UInt16 = 65_001

    /// Runs `body` with the candidate in force at the gateway, and takes it away again.
    ///
    /// - Parameter body: gets the place at which the server is reached.
    func inForce(at gateway: Namespace, _ body: (Place) throws -> Void) throws {
        try gateway.run("conntrack", "-F")
        switch self {
        case .routing: try body(Self.routingPlace)
        case .rules(let count):
            try Self.load(count, at: gateway)
            defer { try? gateway.run("nft", "delete", "table", "ip", "hand") }
            try body(Place(Lab.external, Self.rulePort))
        case .portcullis(let count):
            let table = try Table(count)
            // As the daemon sets them.
            let settings = ["acct", "timestamp"].map {
                KernelSetting("net/netfilter/nf_conntrack_\($0)")
            }
            let engine = try gateway.inside {
                for setting in settings { try setting.write("1") }
                return try KernelEngine()
            }
            defer {
                try? engine.withdraw()
                try? gateway.inside { for setting in settings { try setting.write("0") } }
            }
            _ = try engine.apply(.everything(table.active, table.settings))
            try body(table.place)
        }
    }

    /// A rule for each protocol of the measured port, behind rules for other ports.
    private static func load(_ count: Int, at gateway: Namespace) throws {
        var text = """
            table ip hand {
                chain prerouting {
                    type nat hook prerouting priority dstnat
            """
        for number in 1..<max(1, count) {
            text += "\ntcp dport \(number + 1999) dnat to 192.168.7.\(20 + number % 200):8000"
        }
        for transport in ["tcp", "udp"] {
            text += "\n\(transport) dport \(rulePort) dnat to \(Lab.target):\(EchoServer.port)"
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(gateway.name).nft")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data((text + "\n}\n}\n").utf8).write(to: file)
        try gateway.run("nft", "-f", file.path)
    }
}

extension Int {
    /// With commas between thousands.
    var grouped: String {
        guard self >= 1000 else { return "\(self)" }
        let tail = "\(self % 1000)"
        return (self / 1000).grouped + "," + String(repeating: "0", count: 3 - tail.count) + tail
    }
}
