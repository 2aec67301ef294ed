import Addressing

/// How the terms of a relay are written; `none`, or an empty list, for a term that is off.
extension ForwardSpelling {
    /// The other values are texts.
    package static let relayLists: [Refusal.Field] = [.trustedProxies, .also, .names]
    package static let relaySwitch = Refusal.Field.crossFamilies
    /// In the order of the manual.
    package static let relayFields: [Refusal.Field] = [
        .engine, .proxy, .proxyUDP, .trustedProxies, .also, .balance, .check, .names, .otherNames,
        .crossFamilies, .bandwidthPerFlow, .timeoutConnect, .timeoutIdle, .timeoutHalfOpen,
        .timeoutUDPFirst, .timeoutUDP,
    ]

    /// The value of `source` that makes a relay show the client's address.
    package static let transparent = "transparent"
    /// A time-out that is not the forward's own.
    package static let standard = "standard"

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            throw Refusal(
                field: field, value: text, problem: .choice(Value.allCases.map(\.rawValue)))
        }
        return value
    }

    static func choiceOrNone<Value: RawRepresentable & CaseIterable>(
        _ text: String, _ field: Refusal.Field
    ) throws(Refusal) -> Value? where Value.RawValue == String {
        guard text != none else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Refusal(
                field: field, value: text, problem: .choice(Value.allCases.map(\.rawValue) + [none])
            )
        }
        return value
    }

    /// `2s`, `2s fall 3 rise 2`.
    static func check(_ text: String) throws(Refusal) -> HealthCheck? {
        guard text != none else { return nil }
        let refusal = Refusal(field: .check, value: text, problem: .relay(.check))
        var words = text.split(separator: " ").map(String.init)[...]
        guard let first = words.popFirst(), let interval = try? duration(first),
            interval <= Int64(Examination.longestCheckInterval)
        else { throw refusal }
        var check = HealthCheck(interval: UInt32(interval))
        while let word = words.popFirst() {
            guard let digits = words.popFirst(), let count = UInt32(digits),
                (1...Examination.mostTries).contains(count)
            else { throw refusal }
            switch word {
            case "fall": check.fall = count
            case "rise": check.rise = count
            default: throw refusal
            }
        }
        return check
    }

    /// `10s`, `standard`: seconds.
    static func wait(_ text: String, _ field: Refusal.Field) throws(Refusal) -> UInt32? {
        guard text != standard else { return nil }
        let most = field == .timeoutIdle ? Examination.longestIdle : Examination.longestWait
        guard let seconds = try? duration(text), seconds <= most else {
            throw Refusal(field: field, value: text, problem: .relay(.wait(most: most)))
        }
        return UInt32(seconds)
    }

    /// `www.example.com=192.168.7.10:443`, `*.example.net=[2001:db8:7::10]:443`.
    static func route(_ text: String, external: PortRange) throws(Refusal) -> NameRoute {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Refusal(field: .names, value: text, problem: .relay(.route))
        }
        guard let name = NamePattern(parts[0]) else {
            throw Refusal(
                field: .names, value: String(parts[0]), problem: .relay(.namePattern))
        }
        let target = try target(String(parts[1]), external: external, .names)
        return NameRoute(name: name, target: target)
    }

    /// `1h30m`: what `duration` reads.
    package static func waitText(_ seconds: UInt32) -> String {
        guard seconds > 0 else { return "0s" }
        let units: [(String, UInt32)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        var (rest, text) = (seconds, "")
        for (unit, size) in units where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }
}

extension HealthCheck: CustomStringConvertible {
    package var description: String {
        let standard = HealthCheck()
        var text = ForwardSpelling.waitText(interval)
        if fall != standard.fall { text += " fall \(fall)" }
        if rise != standard.rise { text += " rise \(rise)" }
        return text
    }
}

extension NameRoute: CustomStringConvertible {
    package var description: String { "\(name)=\(target)" }
}
