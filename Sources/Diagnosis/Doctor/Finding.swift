package import Forwarding

/// Something that is wrong around the table, or worth knowing.
package struct Finding: Hashable, Sendable {
    /// What kind of thing it is, for programs; stable.
    package var code: String
    package var severity: Severity
    /// What it is about: a forward, an interface, a setting, a rule; empty for the machine as a whole.
    package var subject: String
    package var what: String
    package var why: String
    /// The command that puts it right, or what to do.
    package var remedy: String
    /// What can be done about it without harm to anything else; nil when only a person can tell.
    package var fix: SafeFix?

    package init(
        _ code: String, _ severity: Severity, _ subject: String = "", what: String, why: String,
        remedy: String, fix: SafeFix? = nil
    ) {
        self.code = code
        self.severity = severity
        self.subject = subject
        self.what = what
        self.why = why
        self.remedy = remedy
        self.fix = fix
    }

    /// By which it is named in a request to fix it; the same as long as it is found.
    package var id: String { subject.isEmpty ? code : "\(code):\(subject)" }

    package enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Forwards do not work.
        case problem
        /// They may stop working, or work less well than they seem to.
        case warning
        /// Nothing is wrong.
        case note

        package static func < (left: Self, right: Self) -> Bool {
            let order = Self.allCases
            return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
        }
    }
}

/// What the doctor may do itself.
///
/// Closed: nothing else is ever done.
package enum SafeFix: Hashable, Sendable {
    /// The kernel takes them over at once and forgets them at the next restart.
    case settings([SettingChange])
    /// The target sees the gateway, so that its answers come back.
    case rewriteSource(ForwardName)
}

/// A number under `/proc/sys`.
package struct SettingChange: Hashable, Sendable {
    /// With slashes: `net/ipv4/ip_forward`.
    package var path: String
    package var value: String

    package init(_ path: String, _ value: String) {
        self.path = path
        self.value = value
    }

    /// As `sysctl` takes it: names of interfaces may have dots, and then slashes stand between.
    package var assignment: String {
        let name = path.contains(".") ? path : path.replacing("/", with: ".")
        return "\(name)=\(value)"
    }
}

extension [SettingChange] {
    /// The command for now, and the place for good.
    var remedy: String {
        let now = map(\.assignment).joined(separator: " ")
        return "sysctl -w \(now); to keep it over restarts, write the same into"
            + " /etc/sysctl.d/90-portcullis.conf"
    }
}
