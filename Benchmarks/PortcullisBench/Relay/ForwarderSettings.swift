import Foundation

/// The settings of each forwarder: so many ports, from `firstPort` on, that all lead to the echo server.
struct ForwarderSettings {
    let ports: Int
    /// Where its files are.
    let folder: URL

    static let firstPort: UInt16 = 2000
    private static let target = "\(Lab.target):\(EchoServer.port)"

    private var numbers: Range<Int> { Int(Self.firstPort)..<Int(Self.firstPort) + ports }
    var places: [Place] { numbers.map { Place(Lab.external, UInt16($0)) } }

    /// Connections that fit into what a process may have open: two descriptors each, and some beside them.
    var mostConnections: Int { max(1000, (Descriptors.limit - ports - 600) / 2) }

    func portcullis(threads: Int?) -> String {
        var text = "[daemon]\non_stop = \"withdraw\"\n"
        if let threads { text += "[relay]\nthreads = \(threads)\n" }
        for number in numbers {
            text += """

                [[forward]]
                name = "forward-\(number)"
                external = "\(number)/\(ports > 1 ? "tcp" : "tcp+udp")"
                to = "\(Self.target)"

                """
        }
        return text
    }

    /// Each port has its own section, as forwards to different targets need.
    func haproxy(threads: Int) -> String {
        var text = """
            global
                nbthread \(threads)
                maxconn \(mostConnections)
                maxpipes 100
            defaults
                mode tcp
                timeout connect 5s
                timeout client 1h
                timeout server 1h
                option splice-request
                option splice-response

            """
        for number in numbers {
            text += """
                listen port-\(number)
                    bind \(Lab.external):\(number)
                    server one \(Self.target)

                """
        }
        return text
    }

    /// With several workers each has its own sockets, among which the kernel spreads the clients.
    func nginx(workers: Int) -> String {
        let shared = workers > 1 ? " reuseport" : ""
        // A listener takes up one of the connections of a worker.
        var text = """
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            daemon off;
            user root;
            pid \(folder.path)/nginx.pid;
            worker_processes \(workers);
            worker_rlimit_nofile \(Descriptors.limit);
            events { worker_connections \(2 * mostConnections + ports + 100); }
            stream {
                proxy_buffer_size 64k;
                proxy_timeout 1h;

            """
        for number in numbers {
            let address = "\(Lab.external):\(number)"
            text += """
                server { listen \(address) backlog=4096\(shared); proxy_pass \(Self.target); }

                """
            // Without a number of answers a session of datagrams lasts until it is silent.
            guard ports == 1 else { continue }
            text += """
                server { listen \(address) udp reuseport; proxy_pass \(Self.target); }

                """
        }
        return text + "}\n"
    }

    /// One program for streams, one for datagrams.
    var socat: [[String]] {
        let listen = "\(Self.firstPort),bind=\(Lab.external),fork,reuseaddr"
        return [
            [
                "socat", "-b", "65536", "TCP4-LISTEN:\(listen),backlog=4096,nodelay",
                "TCP4:\(Self.target),nodelay",
            ],
            // Without an end for silent flows their processes would stay.
            ["socat", "-T", "60", "-b", "65536", "UDP4-LISTEN:\(listen)", "UDP4:\(Self.target)"],
        ]
    }
}
