import Addressing
import Forwarding
import TestKit
import Testing

extension `Every engine` {
    private static let patient: EngineSettings = {
        var patient = settings
        patient.isPatient = true
        return patient
    }()

    @Test(arguments: Kind.allCases)
    func `is patient with what newcomers take over, and with nothing else`(
        kind: Kind
    ) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let (one, two) = (try Self.active(1, Self.one), try Self.active(2, Self.two))
            _ = try await subject.apply(.everything([one], Self.settings))
            try await subject.datagram(40000, to: 1000)
            try await subject.datagram(40001, to: 1000)
            let report = try await subject.apply(
                .edits(
                    [ActiveEdit(before: one, after: nil), ActiveEdit(before: nil, after: two)],
                    Self.patient))
            #expect(report.flowsEnded == 2 && report.flowFailure == nil)
            #expect(try engine.installed() == [two.id])
            // It is in force at once, and what comes to it outlives the second look.
            try await subject.datagram(40002, to: 2000)
            #expect(try engine.settle().flowsEnded == 0)
            #expect(try engine.flows(of: nil).map(\.client.port) == [40002])
            #expect(try engine.isIntact([two], Self.settings))
        }
    }

    /// The flow of a packet that came when there was no forward, as the kernel remembers it.
    @Test(arguments: [Kind.kernel, .fake], [false, true])
    func `ends what a newcomer takes over at once, or when it settles`(
        kind: Kind, isPatient: Bool
    ) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let one = try Self.active(1, Self.one)
            _ = try await subject.apply(.everything([], Self.settings))
            try await subject.datagram(40000, to: 1000)
            let report = try await subject.apply(
                .edits(
                    [ActiveEdit(before: nil, after: one)],
                    isPatient ? Self.patient : Self.settings))
            let known = kind == .kernel ? 1 : 0
            #expect(report.flowsEnded == (isPatient ? 0 : known))
            #expect(try engine.settle().flowsEnded == (isPatient ? known : 0))
            #expect(try engine.settle() == ApplyReport())
            // The next packet of the same two ends is the newcomer's.
            try await subject.datagram(40000, to: 1000)
            #expect(try engine.flows(of: one.id).map(\.client.port) == [40000])
        }
    }
}
