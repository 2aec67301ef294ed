import Forwarding

/// What the kernel lacks, and who fights over the table.
enum EngineChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let engine = seen.report.engine
        return contest(seen)
            + engine.missing.map { feature in
                Finding(
                    "kernel-feature-missing", .note, feature, what: "the kernel lacks \(feature)",
                    why: "other programs are not kept from the table; what they change is put"
                        + " right, after a gap",
                    remedy: "use the kernel that has it")
            } + unprotected(engine)
    }

    private static func unprotected(_ engine: EngineCapabilities) -> [Finding] {
        guard !engine.isProtected, engine.missing.isEmpty else { return [] }
        return [
            Finding(
                "table-unprotected", .note, what: "other programs may change the table",
                why: "the configuration says so (owner = \"off\"); what they change is put right,"
                    + " after a gap",
                remedy: "take owner = \"off\" out of [kernel], and start the gateway again")
        ]
    }

    private static func contest(_ seen: Observations) -> [Finding] {
        guard let rival = seen.report.contest else { return [] }
        return [
            Finding(
                "table-contested", .problem,
                what: "\(rival.words) keeps changing the table, and it is not restored any more",
                why: "forwards may be missing from the kernel, all of them perhaps",
                remedy: "keep that program from it (nftables.service flushes everything: let its"
                    + " file flush only its own tables), then: systemctl reload portcullis")
        ]
    }
}
