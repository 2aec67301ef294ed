import ControlModel

/// Says what the doctor found.
enum DoctorReport {
    static func show(_ answer: Views.Doctor) {
        for (severity, title) in [
            ("problem", "PROBLEMS"), ("warning", "WARNINGS"), ("note", "NOTES"),
        ] {
            let findings = answer.findings.filter { $0.severity == severity }
            guard !findings.isEmpty else { continue }
            print(Console.bold(title))
            for finding in findings { show(finding) }
            print("")
        }
        print(counts(answer))
    }

    private static func show(_ finding: Views.Finding) {
        let what = finding.severity == "note" ? finding.what : Console.alarm(finding.what)
        print("  \(what)  \(Console.dim("[\(finding.code)]"))")
        print("      why     \(finding.why)")
        print("      remedy  \(finding.remedy)")
        if finding.fix != nil { print("      fix     safe: portcullis doctor --fix") }
    }

    private static func counts(_ answer: Views.Doctor) -> String {
        func counted(_ count: Int, _ word: String) -> String {
            "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        let parts = [
            counted(answer.problems, "problem"), counted(answer.warnings, "warning"),
            counted(answer.notes, "note"),
        ].joined(separator: ", ")
        return answer.isWell ? "nothing is wrong: \(parts)" : parts
    }

    /// What a fix would do, on one line.
    static func plan(_ finding: Views.Finding) -> String {
        let settings = finding.fix?.settings?.joined(separator: " ")
        let forward = finding.fix?.forward.map { "\($0) gets source = rewritten" }
        return "\(finding.what)\n    would do: \(settings ?? forward ?? "nothing")"
    }
}
