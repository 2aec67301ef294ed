import Foundation

/// What the command line asks for.
struct Options {
    /// How often each candidate is measured; the median counts.
    var rotations = 3
    /// How long each of the four measurements of a candidate takes.
    var seconds = 2.0
    /// Fewer repetitions, to see that everything works.
    var isQuick = false
    var json: String?
    var parts = Part.allCases
    /// What is measured of the relay and those beside it.
    var figures = RelayFigure.allCases
    var candidates = Forwarder.all
    /// The program whose daemon is measured.
    var program = Self.builtProgram

    enum Part: String, CaseIterable {
        case traffic, engine, daemon, restore, relay, mapping, api
    }

    static let processorTime = "--processor-time"

    static let usage = """
        usage: portcullis-bench [--rotations N] [--seconds S] [--quick] [--json FILE]
                                [--only traffic|engine|daemon|restore|relay|mapping|api]
                                [--program PATH] [--processor-time]
                                [--figures LIST] [--candidates LIST]

        Measures the gateway beside plain routing and hand-written rules, in network namespaces
        made for it. Needs root, ip, nft, sysctl and conntrack. The daemon is that beside this
        program, that at --program, or that at PORTCULLIS. With --processor-time, times inside the
        program are those spent on a processor: for machines that have other work.

        Of the relay, --figures takes some of \(RelayFigure.names), and
        --candidates some of none, kernel, relay, haproxy, nginx and socat; relay1 is that with one
        thread. It needs haproxy, nginx with its stream module, socat, and perf or strace as well.
        Mappings are measured beside miniupnpd, which has to be there; the API by wrk and curl.

        """

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        func value(of option: String) throws(Failure) -> String {
            guard let value = rest.popFirst() else { throw Failure("\(option) needs a value") }
            return value
        }
        while let option = rest.popFirst() {
            switch option {
            case "--rotations": rotations = try Self.number(option, try value(of: option))
            case "--seconds": seconds = try Self.number(option, try value(of: option))
            case "--json": json = try value(of: option)
            case "--program": program = try value(of: option)
            case "--only":
                let name = try value(of: option)
                guard let part = Part(rawValue: name) else { throw Failure("no part \(name)") }
                parts = [part]
            case "--figures":
                figures = try Self.list(option, try value(of: option)) { name in
                    RelayFigure(rawValue: name).map { [$0] } ?? []
                }
            case "--candidates":
                candidates = try Self.list(option, try value(of: option), Forwarder.named)
            case Self.processorTime: break
            case "--quick":
                isQuick = true
                seconds = 0.3
            default: throw Failure("unknown option \(option)")
            }
        }
    }

    private static func number<Number: LosslessStringConvertible & Comparable & Numeric>(
        _ option: String, _ text: String
    ) throws(Failure) -> Number {
        guard let number = Number(text), number > 0 else {
            throw Failure("\(option): \(text) is no number above zero")
        }
        return number
    }

    private static func list<Element>(
        _ option: String, _ text: String, _ named: (String) -> [Element]
    ) throws(Failure) -> [Element] {
        var list: [Element] = []
        for name in text.split(separator: ",") {
            let found = named(String(name))
            guard !found.isEmpty else { throw Failure("\(option): there is no \(name)") }
            list += found
        }
        guard !list.isEmpty else { throw Failure("\(option) needs a value") }
        return list
    }

    private static var builtProgram: String {
        if let named = ProcessInfo.processInfo.environment["PORTCULLIS"] { return named }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? "").deletingLastPathComponent()
            .appending(path: "portcullis").path
    }
}
