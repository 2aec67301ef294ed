package import Forwarding
import FoundationEssentials

extension Timestamp {
    /// RFC 3339 in UTC: `2026-12-24T18:00:00Z`.
    package var text: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// Reads RFC 3339, with `Z` or an offset.
    package init?(text: String) {
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self.init(seconds: Int64(date.timeIntervalSince1970))
    }
}
