package import Storage

extension StoreError {
    /// For people, behind "the change could not be kept".
    package var sentence: String {
        switch self {
        case .damaged(_, let detail): "the database is damaged: \(detail)"
        case .vanished: "the database file is gone"
        case .notWritable(_, let detail): "it could not be written: \(detail)"
        case .fromTheFuture: "the database was written by a later version"
        case .busy: "another process holds the database"
        case .revisionMoved(let expected, let found):
            "the table is at revision \(found), not \(expected)"
        case .unreadable(let forward): "the forward \(forward) cannot be read"
        }
    }
}
