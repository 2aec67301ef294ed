/// What is said of conditions of requests, rather than of their content.
extension Views.Problem {
    /// The change was decided on a table that has moved on (RFC 9110 section 15.5.13).
    package var asPreconditionFailed: Self {
        guard errors.first?.code == "revision-moved" else { return self }
        var problem = self
        problem.status = 412
        return problem
    }

    package static func badKey(_ key: String, longest: Int) -> Self {
        Self(
            422, "Idempotency-Key", String(key.prefix(40)), "bad-key",
            "does not have one to \(longest) bytes", "send a UUID")
    }

    package static func reusedKey(_ key: String) -> Self {
        Self(
            422, "Idempotency-Key", key, "key-reused", "was used for another request",
            "send a new key with each new request")
    }

    package static func keyUnderWay(_ key: String) -> Self {
        Self(
            409, "Idempotency-Key", key, "key-under-way",
            "belongs to a request that is not answered yet", "ask again in a second")
    }

    package static func tooMany(_ what: String, _ most: Int) -> Self {
        Self(
            status: 503, title: "Busy",
            detail: "there are \(most) \(what) already; try again when some have left")
    }
}
