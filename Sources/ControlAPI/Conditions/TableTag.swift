import Forwarding
import Hummingbird

/// The table's revision as an entity tag (RFC 9110 section 8.8.3): `"r8"`.
///
/// It tells of what was configured, not of counters, which go on by themselves: so it serves writers,
/// who must not overwrite one another, and answers are never kept for later (`no-store`).
struct TableTag: Hashable, CustomStringConvertible {
    var revision: Int

    var description: String { "\"r\(revision)\"" }

    init(revision: Int) { self.revision = revision }

    /// Reads what `description` wrote, and nothing else.
    init?(_ text: some StringProtocol) {
        let text = text.drop { $0 == " " }
        guard text.hasPrefix("\"r"), text.hasSuffix("\""), text.count > 3,
            let revision = Int(text.dropFirst(2).dropLast()), revision >= 0
        else { return nil }
        self.revision = revision
        guard description == text else { return nil }
    }
}

extension Request {
    /// The revision that a change was decided on, by `If-Match` or `?revision=N`.
    ///
    /// `If-Match: *` asks only that there is a table, and there always is.
    func expectedRevision() throws -> Int? {
        let query = try number("revision")
        guard let text = headers[.ifMatch], text != "*" else { return query }
        guard let tag = TableTag(text) else {
            throw Refusal(
                field: .revision, value: text,
                problem: .syntax("is no tag of the table, which are spelled like \"r8\""))
        }
        guard query == nil || query == tag.revision else {
            throw Refusal(
                field: .revision, value: text,
                problem: .syntax("and revision=\(query ?? 0) name two revisions"))
        }
        return tag.revision
    }

    /// Whether the header names the revision: its refusal has a status of its own.
    var isConditional: Bool { headers[.ifMatch] != nil }
}

extension Response {
    func tagged(_ revision: Int) -> Response {
        var response = self
        response.headers[.eTag] = TableTag(revision: revision).description
        return response
    }
}
