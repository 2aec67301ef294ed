import Foundation
import TestKit

/// What a device of the lab is told by PCP.
///
/// The bytes are made and read by a program of its own, after RFC 6887 and 7753 alone, so that a mistake of
/// our own wire code cannot hide in both ends.
struct PCPCaller: Decodable, Equatable {
    var result: Int
    /// Seconds.
    var lifetime: Int
    /// External, as assigned.
    var port: Int
    var address: String
    /// Their bytes, by code.
    var options: [String: String]

    var isGranted: Bool { result == 0 }

    /// Size and first internal port of a set (RFC 7753 section 4.1), and whether its parity is kept.
    var portSet: [Int]? {
        guard let text = options["130"], text.count == 10 else { return nil }
        return [text.prefix(4), text.dropFirst(4).prefix(4), text.suffix(2)].compactMap {
            Int($0, radix: 16)
        }
    }

    /// Asks the gateway of the lab.
    ///
    /// - Parameter arguments: `map` or `peer`, and the options below.
    static func ask(
        _ host: TestKit.Host, _ arguments: String..., at server: String = "192.168.7.1"
    ) throws -> PCPCaller {
        try ask(host, arguments, at: server)
    }

    static func ask(
        _ host: TestKit.Host, _ arguments: [String], at server: String = "192.168.7.1"
    ) throws -> PCPCaller {
        let made = try host.command(
            ["/usr/bin/python3", "-", server] + arguments, input: program)
        guard made.succeeded else { throw Command.Failure(description: made.errors) }
        return try JSONDecoder().decode(PCPCaller.self, from: Data(made.output.utf8))
    }

    private static let program = """
        import argparse, ipaddress, json, socket, struct
        p = argparse.ArgumentParser()
        p.add_argument("server")
        p.add_argument("what", choices=["map", "peer"])
        p.add_argument("inside", type=int)
        p.add_argument("--outside", type=int, default=0)
        p.add_argument("--transport", type=int, default=17)
        p.add_argument("--seconds", type=int, default=600)
        p.add_argument("--nonce", default="00112233445566778899aabb")
        p.add_argument("--peer")
        p.add_argument("--peer-port", type=int, default=0)
        p.add_argument("--filter", action="append", default=[])
        p.add_argument("--filter-port", type=int, default=0)
        p.add_argument("--count", type=int)
        p.add_argument("--parity", type=int, default=0)
        p.add_argument("--third")
        p.add_argument("--own")
        o = p.parse_args()

        def wide(text):
            a = ipaddress.ip_address(text)
            return a.packed if a.version == 6 else bytes(10) + b"\\xff\\xff" + a.packed

        def option(code, data):
            return struct.pack("!BBH", code, 0, len(data)) + data + bytes(-len(data) % 4)

        isV6 = ":" in o.server
        s = socket.socket(socket.AF_INET6 if isV6 else socket.AF_INET, socket.SOCK_DGRAM)
        s.connect((o.server, 5351))
        s.settimeout(3)
        own = o.own or s.getsockname()[0]
        body = bytes.fromhex(o.nonce)
        body += struct.pack("!BxxxHH", o.transport, o.inside, o.outside)
        body += wide("::" if isV6 else "0.0.0.0")
        if o.what == "peer":
            body += struct.pack("!Hxx", o.peer_port) + wide(o.peer)
        for text in o.filter:
            net = ipaddress.ip_network(text)
            length = net.prefixlen if net.version == 6 else 96 + net.prefixlen
            if text.endswith("/0"):
                length = 0
            body += option(3, struct.pack("!xBH", length, o.filter_port) + wide(str(net[0])))
        if o.count:
            body += option(130, struct.pack("!HHB", o.count, o.inside, o.parity))
        if o.third:
            body += option(1, wide(o.third))
        code = 1 if o.what == "map" else 2
        sent = struct.pack("!BBHI", 2, code, 0, o.seconds) + wide(own) + body
        answer = None
        for _ in range(10):
            try:
                s.send(sent)
                answer = s.recv(2000)
                break
            except (socket.timeout, ConnectionError):
                pass
        assert answer, "silence"
        version, opcode, _, result, lifetime = struct.unpack("!BBBBI", answer[:8])
        assert version == 2 and opcode == 128 + code, answer.hex()
        assert answer[24:36].hex() == o.nonce and answer[36] == o.transport, answer.hex()
        port, external = struct.unpack("!H16s", answer[42:60])
        a = ipaddress.IPv6Address(external)
        at, options = (60 if o.what == "map" else 80), {}
        while at + 4 <= len(answer):
            number, length = struct.unpack("!BxH", answer[at:at + 4])
            options[str(number)] = answer[at + 4:at + 4 + length].hex()
            at += 4 + length + -length % 4
        print(json.dumps({"result": result, "lifetime": lifetime, "port": port,
            "address": str(a.ipv4_mapped or a), "options": options}))
        """
}
