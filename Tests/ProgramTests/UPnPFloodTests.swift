import Addressing
import Foundation
import TestKit
import Testing

/// What is left of a running daemon that has been asked very much.
@Suite struct `A flood of UPnP` {
    /// A mapping lasts a minute or two, so that the end of all of them can be waited for.
    private static let settings = """
        [mapping]
        protocols = ["upnp"]
        per_device = 8
        requests_per_device = 1000000
        max_lifetime_upnp = "2m"
        """

    @Test func `nonsense by all doors leaves no mapping, no connection and no memory behind`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"], config: Self.settings)
            // What a program sets aside once for its work is not growth.
            #expect(try flood(lab, seed: 1) == "4 1996\n")
            let files = try descriptors(of: gateway)
            let before = try memory(of: gateway)
            for seed in 2...4 {
                // Those that are held already are not held again.
                #expect(try flood(lab, seed: seed) == "0 2000\n")
                // Much of it can be granted, and that is bounded.
                let held = try gateway.json(["list"], as: Leases.self).forwards
                #expect((1...8).contains(held.count), "\(held.count)")
                #expect(held.allSatisfy { $0.lease?.device == "192.168.7.10" })
            }
            let isClosed = try await eventually(within: 300) {
                try descriptors(of: gateway) <= files
            }
            #expect(isClosed)
            let growth = try memory(of: gateway) - before
            #expect(growth < 8192, "grown by \(growth) KiB from \(before)")
            // Nobody renews what was mapped.
            let isOver = try await eventually(within: 300) {
                try gateway.json(["list"], as: Leases.self).forwards.isEmpty
            }
            #expect(isOver)
            let page = try lab.lan1.command([
                "curl", "-sS", "--max-time", "60", "http://192.168.7.1:49000/rootDesc.xml",
            ])
            #expect(page.output.contains("InternetGatewayDevice:2"))
        }
    }

    /// Resident memory, in KiB.
    private func memory(of gateway: GatewayProcess) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(gateway.id)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line.flatMap { Int($0.filter(\.isNumber)) })
    }

    private func descriptors(of gateway: GatewayProcess) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(gateway.id)/fd").count
    }

    /// - Returns: how many of 2000 subscriptions were taken, and how many refused.
    private func flood(_ lab: Lab, seed: Int) throws -> String {
        let result = try lab.lan1.command(["python3", "-c", Self.script, "\(seed)"])
        return result.output + result.errors
    }

    /// 30,000 datagrams, 2000 subscriptions and 6,000 calls by one host, most with something wrong.
    private static let script = """
        import random, socket, sys
        r = random.Random(int(sys.argv[1]))
        gateway = ("192.168.7.1", 49000)
        def changed(text):
            b = bytearray(text.encode())
            for _ in range(r.randint(1, 4)):
                if len(b) < 2: break
                i = r.randrange(len(b)); k = r.randrange(3)
                if k == 0: b[i] = r.randrange(256)
                elif k == 1: del b[i]
                else: b = b[:max(i, 1)]
            return bytes(b)
        def ask(data, patience=60):
            try:
                with socket.create_connection(gateway, 60) as c:
                    c.sendall(data); c.settimeout(patience)
                    return c.recv(99)
            except OSError: return b""
        search = 'M-SEARCH * HTTP/1.1\\r\\nHOST: 239.255.255.250:1900\\r\\nMAN: "ssdp:discover"\\r\\nMX: 1\\r\\nST: ssdp:all\\r\\n\\r\\n'
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(30000):
            try: s.sendto(changed(search), ("192.168.7.1", 1900))
            except OSError: pass
        kind = "urn:schemas-upnp-org:service:WANIPConnection:1"
        names = ["<New%s>%s</New%s>" % (n, v, n) for n, v in [("RemoteHost", ""), ("ExternalPort", "50001"), ("Protocol", "TCP"), ("InternalPort", "9001"), ("InternalClient", "192.168.7.10"), ("Enabled", "1"), ("PortMappingDescription", "x"), ("LeaseDuration", "100")]]
        body = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:AddPortMapping xmlns:u="%s">%s</u:AddPortMapping></s:Body></s:Envelope>' % (kind, "".join(names))
        taken = refused = 0
        # An event that nobody takes leaves a subscription in its place at first.
        for n in range(2000):
            a = ask(("SUBSCRIBE /evt/IPConn HTTP/1.1\\r\\nHost: 192.168.7.1:49000\\r\\nNT: upnp:event\\r\\nCALLBACK: <http://192.168.7.10:%d/>\\r\\n\\r\\n" % (2000 + n)).encode())
            taken += b" 200 " in a; refused += b" 503 " in a
        for n in range(6000):
            text = body.replace("50001", str(50000 + n % 100)).replace("9001", str(9000 + n % 100))
            b = text.encode() if n % 4 == 0 else changed(text)
            head = 'POST /ctl/IPConn HTTP/1.1\\r\\nHost: 192.168.7.1:49000\\r\\nSOAPAction: "%s#AddPortMapping"\\r\\nContent-Length: %d' % (kind, len(b))
            # What the gateway has to wait for is asked for rarely: it takes its time.
            broken = n % 50 == 1
            ask((changed(head) if broken else head.encode()) + b"\\r\\n\\r\\n" + b, 0.1 if broken else 60)
        print(taken, refused)
        """
}
