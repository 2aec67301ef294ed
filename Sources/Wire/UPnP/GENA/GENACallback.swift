package import Addressing

/// The rule that keeps events with those who asked for them (CVE-2020-12695, CallStranger).
package enum GENACallback {
    private static let mostURLs = 3
    private static let longestHeader = 1024
    private static let longestPath = 256

    /// The first URL in `<…><…>` that leads back to `peer`; nil when none does.
    package static func choose(
        _ header: String, for peer: IPAddress, own: some Collection<IPAddress>
    ) -> LocalURL? {
        guard header.utf8.count <= longestHeader else { return nil }
        let peer = peer.unmapped
        guard !own.contains(where: { $0.unmapped == peer }) else { return nil }
        return urls(header).lazy.compactMap { LocalURL($0) }.first { url in
            url.endpoint.address.unmapped == peer && url.path.utf8.count <= longestPath
                && (url.endpoint.port == 80 || url.endpoint.port >= 1024)
        }
    }

    /// What stands in angle brackets.
    private static func urls(_ header: String) -> [Substring] {
        header.split(separator: "<", omittingEmptySubsequences: false).dropFirst()
            .prefix(mostURLs).compactMap { part in
                part.firstIndex(of: ">").map { part[..<$0] }
            }
    }
}
