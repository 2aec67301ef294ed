import ControlModel
import Forwarding
import Importing

/// What was found in another program's file, as the TOML that `apply` reads.
///
/// Each remark is a comment: before the forward of its line, or in a section at the end.
enum ImportedTOML {
    static func text(_ file: ImportedFile, from source: String, _ format: ImportFormat) -> String {
        let lines = Set(file.forwards.map(\.line))
        var near = Dictionary(grouping: file.remarks.filter { lines.contains($0.line) }, by: \.line)
        var text = "# From \(plain(source)), read as \(format.rawValue): \(summary(file)).\n"
        for forward in file.forwards {
            text += "\n# from line \(forward.line)\n"
            text += comments(near.removeValue(forKey: forward.line) ?? [])
            text += ForwardTOML.text(body(forward.draft))
        }
        let rest = file.remarks.filter { !lines.contains($0.line) }
        guard !rest.isEmpty else { return text }
        text += "\n# Remarks on lines that no forward came from\n#\n"
        return text + comments(rest)
    }

    /// `5 forwards, 2 remarks`.
    static func summary(_ file: ImportedFile) -> String {
        func count(_ number: Int, _ word: String) -> String {
            "\(number) \(word)\(number == 1 ? "" : "s")"
        }
        let remarks = file.remarks.isEmpty ? "no remark" : count(file.remarks.count, "remark")
        return "carried over \(count(file.forwards.count, "forward")), \(remarks)"
    }

    /// The lines that they are about, each once, with the reasons below.
    private static func comments(_ remarks: [Remark]) -> String {
        var (text, previous): (String, ClosedRange<Int>?) = ("", nil)
        for remark in remarks {
            let lines = remark.line...max(remark.line, remark.lastLine)
            if lines != previous { text += "# \(place(lines)): \(plain(remark.text))\n" }
            text += "#   \(plain(remark.reason.description))\n"
            previous = lines
        }
        return text
    }

    private static func place(_ lines: ClosedRange<Int>) -> String {
        lines.count == 1
            ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound)-\(lines.upperBound)"
    }

    /// A text that may stand in a comment: short, and without control characters.
    private static func plain(_ text: String) -> String {
        var plain = ""
        for (place, scalar) in text.unicodeScalars.enumerated() {
            guard place < longest else { return plain + " …" }
            let isControl = scalar.properties.generalCategory == .control
            plain.unicodeScalars.append(isControl ? " " : scalar)
        }
        return plain
    }

    private static let longest = 400

    private static func body(_ draft: ForwardDraft) -> ForwardBody {
        let never = Timestamp(seconds: 0)
        return ForwardBody(
            Forward(
                id: .first, name: draft.name, transports: draft.transports,
                external: draft.external, target: draft.target, sources: draft.sources,
                hairpin: draft.hairpin, sourceAddress: draft.sourceAddress,
                translatesIPv6: draft.translatesIPv6, ends: draft.ends.moment(from: never),
                relay: draft.relay,
                enabled: draft.enabled, comment: draft.comment, created: never))
    }
}
