package import Forwarding

/// Several forwards, for one step.
package struct ForwardsBody: Codable, Hashable, Sendable {
    package var forwards: [ForwardBody]

    package init(_ forwards: [ForwardBody]) { self.forwards = forwards }

    private enum CodingKeys: String, CodingKey { case forwards }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(otherThan: ["forwards"])
        forwards = try decoder.container(keyedBy: CodingKeys.self)
            .decode([ForwardBody].self, forKey: .forwards)
    }

    /// All of them, or what is wrong with them: the first hundred things.
    package func drafts() throws(RefusedBodies) -> [ForwardDraft] {
        var (drafts, refusals): ([ForwardDraft], [Refusal]) = ([], [])
        for body in forwards {
            do throws(Refusal) { drafts.append(try body.draft()) } catch { refusals.append(error) }
            guard refusals.count < 100 else { break }
        }
        guard refusals.isEmpty else { throw RefusedBodies(refusals: refusals) }
        return drafts
    }
}

/// What is wrong with the forwards of one request.
package struct RefusedBodies: Error, Hashable, Sendable {
    package var refusals: [Refusal]
}
