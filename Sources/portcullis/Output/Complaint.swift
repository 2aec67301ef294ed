import ControlModel

extension Console {
    /// What the gateway would not do, and what to do about it.
    static func complain(_ problem: Views.Problem) {
        guard !problem.errors.isEmpty else { return error("portcullis: \(problem.detail)") }
        for part in problem.errors {
            let who = part.forward.map { "\($0): " } ?? ""
            let what = part.value.isEmpty ? part.field : "\(part.field) \"\(part.value)\""
            error("portcullis: \(who)\(what) \(part.message); \(part.advice)")
        }
    }
}
