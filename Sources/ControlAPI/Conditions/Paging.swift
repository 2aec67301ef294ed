import Forwarding
import Hummingbird

/// A part of a list, and where the next one begins.
struct Page<Entry> {
    var entries: [Entry]
    /// The `after` of the next; nil on the last one.
    var next: String?
}

extension Request {
    /// `?limit=100&after=nas`: those behind the key, in the order of keys, a limited number of them.
    ///
    /// Pages hold when the list changes between two requests: what stays is neither left out nor told
    /// twice. Without a limit everything comes, in the order that it has.
    func page<Entry>(of entries: [Entry], by key: (Entry) -> String) throws -> Page<Entry> {
        let (limit, after) = (try limit(), uri.queryParameters["after"].map(String.init))
        guard limit != nil || after != nil else { return Page(entries: entries, next: nil) }
        let keyed = entries.map { (key: key($0), entry: $0) }
            .filter { entry in after.map { entry.key > $0 } ?? true }
            .sorted { $0.key < $1.key }
        let part = keyed.prefix(limit ?? keyed.count)
        return Page(
            entries: part.map(\.entry), next: part.count < keyed.count ? part.last?.key : nil)
    }

    /// `?limit=100`: how many entries of a list, at most.
    func limit() throws -> Int? {
        guard let limit = try number("limit") else { return nil }
        guard (1...10_000).contains(limit) else {
            throw Refusal(
                field: .body, value: "limit=\(limit)",
                problem: .syntax("is not between 1 and 10000"))
        }
        return limit
    }
}
