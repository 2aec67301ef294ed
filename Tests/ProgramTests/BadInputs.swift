/// Something that the command line must refuse.
struct BadInput {
    var arguments: [String]
    /// Which field the error names.
    var field: String
    /// The value that it names; empty where there is none.
    var value: String
    /// A part of the reason and of the advice.
    var reason: String
    var advice: String

    init(
        _ arguments: String..., field: String, _ value: String, _ reason: String, _ advice: String
    ) {
        self.arguments = arguments
        (self.field, self.value, self.reason, self.advice) = (field, value, reason, advice)
    }

    private static func add(
        _ external: String, _ target: String, _ more: String..., field: String, _ value: String,
        _ reason: String, _ advice: String
    ) -> BadInput {
        var input = BadInput(field: field, value, reason, advice)
        input.arguments = ["add", external, target] + more
        return input
    }

    private static let nas = "192.168.7.10"

    /// By what they are about.
    static let all = [
        "ports": ports, "targets": targets, "terms": terms, "table": table, "limits": limits,
        "wholes": wholes, "relays": relays,
    ]

    /// More of them, in `BadInputs+Limits.swift`.

    static let ports: [BadInput] = [
        .add("0/tcp", nas, field: "external", "0/tcp", "port 0", "1 to 65535"),
        .add("65536/tcp", nas, field: "external", "65536/tcp", "above 65535", "1 to 65535"),
        .add(
            "99999999999999999999/udp", nas, field: "external", "99999999999999999999/udp",
            "above 65535", "1 to 65535"),
        .add("90-80/tcp", nas, field: "external", "90-80/tcp", "reversed", "write 80-90"),
        .add("1-0/tcp", nas, field: "external", "1-0/tcp", "port 0", "1 to 65535"),
        .add("80", nas, field: "external", "80", "which protocol", "80/tcp"),
        .add("80/icmp", nas, field: "external", "80/icmp", "no protocol", "tcp+udp"),
        .add("80/", nas, field: "external", "80/", "no protocol", "tcp+udp"),
        .add("8 0/tcp", nas, field: "external", "8 0/tcp", "no port number", "8443"),
        .add("minecarft", nas, field: "external", "minecarft", "neither", "\"minecraft\""),
        .add("xyzzyplugh", nas, field: "external", "xyzzyplugh", "neither", "8443/tcp"),
        .add("80/tcp", "\(nas):0", field: "to", "\(nas):0", "port 0", "1 to 65535"),
        .add("80/tcp", "\(nas):65536", field: "to", "\(nas):65536", "above 65535", "1 to 65535"),
        .add("80/tcp", "\(nas):90-80", field: "to", "\(nas):90-80", "reversed", "80-90"),
        .add("80-90/tcp", "\(nas):1-5", field: "to", "\(nas):1-5", "5 port(s) for 11", "width"),
        .add("80-90/tcp", "\(nas):80", field: "to", "\(nas):80", "1 port(s) for 11", "80-90"),
        .add("80/tcp", "\(nas):80-90", field: "to", "\(nas):80-90", "11 port(s) for 1", "width"),
        .add(
            "10000-20000/tcp", "\(nas):30000-40000", field: "to", "\(nas):30000-40000", "1024",
            "same ports"),
        .add(
            "443/tcp", "[2001:db8:7::10]:444", field: "to", "[2001:db8:7::10]:444",
            "other ports than outside", "--nat6"),
    ]

    static let targets: [BadInput] = [
        .add("80/tcp", "300.1.2.3", field: "to", "300.1.2.3", "no target", "192.168.7.10:443"),
        .add("80/tcp", "[2001:db8::1", field: "to", "[2001:db8::1", "no target", "[2001:db8::10]"),
        .add("80/tcp", "a b", field: "to", "a b", "no target", "host name"),
        .add("80/tcp", "", field: "to", "", "no target", "hardware address"),
        .add("80/tcp", "203.0.113.5", field: "to", "203.0.113.5", "own WAN", "device's address"),
        .add("80/tcp", "224.0.0.1", field: "to", "224.0.0.1", "multicast", "one device"),
        .add("80/tcp", "ff02::1", field: "to", "ff02::1", "multicast", "one device"),
        .add(
            "80/tcp", "127.0.0.1", "--engine", "kernel", field: "to", "127.0.0.1", "loopback",
            "without engine"),
        .add(
            "80/tcp", "::1", "--engine", "kernel", field: "to", "::1", "loopback",
            "the relay serves"),
        .add("80/tcp", "0.0.0.0", field: "to", "0.0.0.0", "unspecified", "one device"),
        .add("80/tcp", "::", field: "to", "::", "unspecified", "one device"),
        .add("80/tcp", "192.168.7.255", field: "to", "192.168.7.255", "broadcast", "one device"),
        .add("80/tcp", "192.168.7.0", field: "to", "192.168.7.0", "network", "one device"),
        .add("80/tcp", "fe80::1", field: "to", "fe80::1", "link-local", "global address"),
        .add("80/tcp", "::ffff:1.2.3.4", field: "to", "::ffff:1.2.3.4", "family", "one family"),
        .add(
            "80/tcp", "01:00:5e:00:00:01", field: "to", "01:00:5e:00:00:01", "single device",
            "one device"),
        .add(
            "80/tcp", "no.such.name.invalid", field: "to", "no.such.name.invalid",
            "does not resolve", "check the name"),
        .add(
            "9000/tcp", "198.51.100.9:9000", "--at", "198.51.100.9", field: "to",
            "198.51.100.9:9000", "back to the forward itself", "device that is to answer"),
        .add(
            "7001/tcp", "198.51.100.1:7000", "--at", "198.51.100.2", field: "to",
            "198.51.100.1:7000", "back to itself over \"ring\"", "device that is to answer"),
    ]

    static let terms: [BadInput] = [
        .add("81/tcp", nas, "--name", "nas", field: "name", "nas", "another forward", "\"set\""),
        .add("81/tcp", nas, "--name=-x", field: "name", "-x", "no name", "letters"),
        .add("81/tcp", nas, "--name", "a b", field: "name", "a b", "no name", "letters"),
        .add("81/tcp", nas, "--name", "a\nb", field: "name", "a\\u{a}b", "no name", "letters"),
        .add(
            "81/tcp", nas, "--name", "\u{1b}[2J", field: "name", "\\u{1b}[2J", "no name", "letters"),
        .add(
            "81/tcp", nas, "--allow", "10.0.0.1/8", field: "allow", "10.0.0.1/8",
            "bits set beyond", "write 10.0.0.0/8"),
        .add(
            "81/tcp", nas, "--allow", "10.0.0.0/33", field: "allow", "10.0.0.0/33",
            "between 0 and 32", "0 to 32"),
        .add("81/tcp", nas, "--allow", "home", field: "allow", "home", "no prefix", "/24"),
        .add(
            "81/tcp", nas, "--deny", "2001:db8::1/32", field: "deny", "2001:db8::1/32",
            "bits set beyond", "write 2001:db8::/32"),
        .add("81/tcp", nas, "--on", "eth9", field: "on", "eth9", "no WAN interface", "wan0"),
        .add("81/tcp", nas, "--on", "br0", field: "on", "br0", "no WAN interface", "wan0"),
        .add("81/tcp", nas, "--on", "a/b", field: "on", "a/b", "no interface name", "wan0"),
        .add("81/tcp", nas, "--at", "here", field: "at", "here", "no IP address", "203.0.113.5"),
        .add(
            "81/tcp", nas, "--at", "2001:db8:ff::5", field: "at", "2001:db8:ff::5", "family",
            "one family"),
        .add(
            "81/tcp", nas, "--until", "2020-01-01T00:00:00Z", field: "ends",
            "2020-01-01T00:00:00Z", "in the past", "still to come"),
        .add("81/tcp", nas, "--until", "noon", field: "ends", "noon", "no moment", "T18:00:00Z"),
        .add("81/tcp", nas, "--for", "0s", field: "ends", "0s", "above zero", "90s"),
        .add("81/tcp", nas, "--for", "2x", field: "ends", "2x", "no duration", "2h"),
        .add("81/tcp", nas, "--for", "999999999w", field: "ends", "999999999w", "no d", "2h"),
        .add("81/tcp", nas, "--source", "new", field: "source", "new", "choices", "kept or"),
        .add(
            "81/tcp", nas, "--comment", "a\nb", field: "comment", "", "control", "on one line"),
        .add(
            "81/tcp", nas, "--comment", String(repeating: "x", count: 300), field: "comment",
            "xxxxxxxxxxxxxxxxxxxx", "too long: 200", "shorten"),
    ]

    static let table: [BadInput] = [
        .add("8443/tcp", nas, "--name", "b", field: "external", "8443/tcp", "\"nas\"", "remove"),
        .add(
            "8000-9000/tcp+udp", nas, "--name", "b", field: "external", "8000-9000/tcp+udp",
            "\"nas\" (8443)", "choose other ports"),
        .add(
            "8443/tcp", nas, "--on", "wan0", field: "external", "8443/tcp", "\"nas\"", "remove"),
        .add("7777/tcp", nas, field: "external", "7777/tcp", "listens at", "stop that program"),
        .add(
            "7700-7800/tcp", "\(nas)", field: "external", "7777/tcp", "listens at",
            "another external port"),
        BadInput("set", "nsa", "--to", nas, field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("set", "zzzzzzzz", "--to", nas, field: "name", "zzzzzzzz", "no f", "list"),
        BadInput("set", "nas", "--to", "203.0.113.5", field: "to", "203.0.113.5", "own WAN", "in"),
        BadInput("set", "nas", "--rename", "ring", field: "name", "ring", "another", "choose"),
        BadInput("set", "nas", "--rename", "a/b", field: "name", "a/b", "no name", "letters"),
        BadInput(
            "set", "nas", "--external", "7777/tcp", field: "external", "7777/tcp", "listens at",
            "stop that program"),
        BadInput("set", "nas", "--for", "2x", field: "ends", "2x", "no duration", "2h"),
        BadInput("remove", "nsa", field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("remove", "a b", field: "name", "a b", "no name", "letters"),
        BadInput("remove", "", field: "name", "", "no name", "letters"),
        BadInput("remove", "../status", field: "name", "../status", "no name", "letters"),
        BadInput("enable", "nsa", field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("disable", "nsa", field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("show", "nsa", field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("show", "näs", field: "name", "näs", "no name", "letters"),
        BadInput("flows", "nsa", field: "name", "nsa", "no forward", "\"nas\""),
        BadInput("log", "a b", field: "name", "a b", "no name", "letters"),
    ]
}
