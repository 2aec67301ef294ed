import Addressing
import Forwarding

/// Reads the `stream` block of `nginx.conf`, or a file that is included in one.
enum NginxReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        let (directives, loose) = NginxDirective.read(lines)
        for line in loose { carriage.remark(line, .unreadable) }
        for directive in directives where directive.name == "stream" {
            readStream(directive.block ?? [], &carriage)
        }
        // A server with proxy_pass and without locations stands in a file that a stream includes.
        let included = directives.filter { ["server", "upstream"].contains($0.name) }
        readStream(included, &carriage)
        for directive in directives
        where !["stream", "server", "upstream"].contains(directive.name) {
            let isProxy = directive.name == "http" || directive.name == "mail"
            carriage.remark(
                directive.line, isProxy ? .application : directive.leftOut)
        }
    }

    private static func readStream(
        _ directives: [NginxDirective], _ carriage: inout Carriage
    ) {
        var upstreams: [String: NginxDirective] = [:]
        for directive in directives where directive.name == "upstream" && directive.words.count > 1
        {
            upstreams[directive.words[1]] = directive
        }
        var used: Set<String> = []
        // allow, deny and the PROXY protocol of the stream hold for its servers.
        let common = directives.filter { NginxServer.deciding.contains($0.name) }
        for directive in directives where directive.name == "server" {
            let server = NginxServer(directive, common, upstreams)
            if server.carry(&carriage), let name = server.upstream { used.insert(name) }
        }
        for directive in directives where !NginxServer.deciding.contains(directive.name) {
            if directive.name == "server" { continue }
            if directive.name == "upstream", directive.words.count > 1,
                used.contains(directive.words[1])
            {
                NginxServer.remarkOnUpstream(directive, &carriage)
            } else {
                let isUnused = directive.name == "upstream"
                carriage.remark(
                    directive.line,
                    isUnused ? .section("servers of its own") : directive.leftOut)
            }
        }
    }
}
