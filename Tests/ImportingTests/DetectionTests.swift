import Addressing
import Forwarding
import Importing
import TestKit
import Testing

private let everySample =
    `Rules of packet filters`.samples + `Files of routers and container hosts`.samples
    + `Files of proxies`.samples

@Suite struct `Detecting the format` {
    @Test(arguments: everySample)
    func `a file tells what it is written in`(fixture: Fixture) throws {
        #expect(ImportFormat.detect(try fixture.text()) == fixture.format)
    }

    @Test(arguments: [
        "", "\n\n", "# only a comment\n", "hello", "[[forward]]\nexternal = \"1/tcp\"\n",
        "{\"forwards\": []}", "80 443\n",
    ])
    func `a text that looks like none is not guessed at`(text: String) {
        #expect(ImportFormat.detect(text) == nil)
    }

    @Test func `two formats in one text are not guessed at`() throws {
        let text = try Fixture.text("iptables-save.txt") + Fixture.text("haproxy.cfg")
        #expect(ImportFormat.detect(text) == nil)
    }
}

@Suite struct `What is carried over` {
    /// The gateway that the samples could come from.
    private static func surroundings(_ drafts: [ForwardDraft]) -> Surroundings {
        var (surroundings, count): (Surroundings, UInt8) = (Surroundings(), 1)
        for draft in drafts {
            if case .interface(let name) = draft.external.scope {
                surroundings.network.wans.append(name)
            }
            guard draft.target.host.isFollowed else { continue }
            surroundings.resolved[draft.target.host] = ResolvedTarget(
                v4: IPv4Address(192, 168, 9, count))
            count += 1
        }
        return surroundings
    }

    @Test(arguments: everySample)
    func `the table takes it`(fixture: Fixture) throws {
        let drafts = fixture.format.read(try fixture.text(), fixture.options).forwards.map(\.draft)
        guard !drafts.isEmpty else { return }
        let outcome = decide(
            .apply(drafts, prune: .nothing), by: Requester(name: "test", origin: .operator),
            table: ForwardingTable(), surroundings: Self.surroundings(drafts), now: Sample.now)
        guard case .accepted(let changes, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(changes.count == drafts.count)
    }

    @Test func `names are unique, whatever they are made from`() {
        let hints = ["web", "web", "web-2", "Web: «server»", "___", "", "a b", "a  b", "ä"]
        let long = String(repeating: "n", count: 80)
        let lines = (hints + [long, long + "x"]).enumerated().map { place, hint in
            "TCP:\(place + 1):192.168.1.10:80:0:\(hint)"
        }
        let file = ImportFormat.miniupnpd.read(lines.joined(separator: "\n"))
        #expect(
            file.forwards.prefix(9).map(\.draft.name.text) == [
                "web", "web-2", "web-2-2", "Web-server", "tcp-5", "tcp-6", "a-b", "a-b-2", "tcp-9",
            ])
        let names = file.forwards.map(\.draft.name.text)
        #expect(names.count == lines.count)
        #expect(Set(names).count == names.count)
        #expect(file.forwards[3].draft.comment == "Web: «server»")
    }

    @Test func `two lines for the same packets are one forward and a remark`() {
        let file = ImportFormat.rinetd.read(
            """
            0.0.0.0 80 192.168.7.1 80
            203.0.113.5 80 192.168.7.2 80
            203.0.113.5 81 192.168.7.2 80
            203.0.113.6 81 192.168.7.2 80
            0.0.0.0 81/udp 192.168.7.2 80/udp
            """)
        #expect(file.forwards.map(\.line) == [1, 3, 4, 5])
        #expect(file.remarks.map(\.said) == [.init(2, .taken(line: 1))])
    }
}
