extension Views {
    /// What is wrong around the table; the worst first.
    package struct Doctor: Codable, Hashable, Sendable {
        package var findings: [Finding]
        package var problems: Int
        package var warnings: Int
        package var notes: Int

        package init(findings: [Finding]) {
            self.findings = findings
            problems = findings.count { $0.severity == "problem" }
            warnings = findings.count { $0.severity == "warning" }
            notes = findings.count { $0.severity == "note" }
        }

        package var isWell: Bool { problems + warnings == 0 }
    }

    package struct Finding: Codable, Hashable, Sendable {
        /// By which a fix is asked for; the same as long as the thing is found.
        package var id: String
        /// What kind of thing it is.
        package var code: String
        /// `problem`, `warning`, `note`.
        package var severity: String
        /// A forward, an interface, a setting, a rule; absent for the machine as a whole.
        package var subject: String?
        package var what: String
        package var why: String
        package var remedy: String
        /// Absent where only a person can tell.
        package var fix: Fix?

        package init(
            id: String, code: String, severity: String, subject: String?, what: String,
            why: String, remedy: String, fix: Fix?
        ) {
            self.id = id
            self.code = code
            self.severity = severity
            self.subject = subject
            self.what = what
            self.why = why
            self.remedy = remedy
            self.fix = fix
        }
    }

    /// What the gateway would do: settings of the kernel, or a forward that gets `source = rewritten`.
    package struct Fix: Codable, Hashable, Sendable {
        /// As `net.ipv4.ip_forward=1`.
        package var settings: [String]?
        package var forward: String?

        package init(settings: [String]?, forward: String?) {
            self.settings = settings
            self.forward = forward
        }
    }

    /// What is to be fixed.
    package struct FixBody: Codable, Hashable, Sendable {
        /// Their ids.
        package var findings: [String]

        package init(findings: [String]) { self.findings = findings }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["findings"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            findings = try values.decode([String].self, forKey: .findings)
        }
    }

    package struct Fixed: Codable, Hashable, Sendable {
        package var fixed: [Done]

        package init(fixed: [Done]) { self.fixed = fixed }

        package struct Done: Codable, Hashable, Sendable {
            package var id: String
            package var done: String

            package init(id: String, done: String) {
                self.id = id
                self.done = done
            }
        }
    }
}

extension Views.Problem {
    package static func unknownFinding(_ id: String) -> Self {
        Self(
            404, "finding", id, "unknown-finding", "is not found, or not any more",
            "\"portcullis doctor\" says what there is")
    }

    package static func unsafeFinding(_ id: String, remedy: String) -> Self {
        Self(
            422, "finding", id, "not-safe", "is not fixed by the gateway",
            "do it by hand: \(remedy)")
    }

    package static func unwritable(_ setting: String, code: Int32) -> Self {
        Self(
            503, "finding", setting, "setting-refused",
            "was not taken by the kernel (error \(code))",
            "set it by hand as root; in a container it is the host's")
    }

    package static func busy(_ work: String) -> Self {
        Self(
            status: 429, title: "Busy",
            detail: "\(work) is under way for somebody else; try again when it is through")
    }

    init(
        _ status: Int, _ field: String, _ value: String, _ code: String, _ message: String,
        _ advice: String
    ) {
        self.init(
            status: status, title: "Refused",
            detail: "\(field) \"\(value)\" \(message); \(advice)")
        errors = [
            Views.FieldError(
                forward: nil, field: field, value: value, code: code, message: message,
                advice: advice)
        ]
    }
}
