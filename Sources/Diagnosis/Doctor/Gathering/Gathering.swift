package import Forwarding
import LinuxKit

/// Reads everything that the checks look at.
///
/// Theory of operation. What the kernel knows is read first, in milliseconds. Then everybody who has
/// to be asked is asked at once: targets by TCP and ARP, and the STUN server, each with a limit of
/// its own, so that all of it ends within two seconds. All of it waits on threads that may.
package enum Gathering {
    package static func observe(
        _ situation: Trace, _ report: GatewayReport, _ settings: DoctorSettings
    ) async -> Observations {
        var start = Observations(situation, report)
        start.mask = settings.mask
        let empty = start
        let machine = await onThread { MachineReading.read(into: empty) }
        guard var seen = machine?.seen, let network = machine?.network else {
            start.unread = Observations.Source.allCases.map { Observations.Unread($0, nil) }
            return start
        }
        let known = seen
        async let answers = TargetQuestions.ask(known)
        async let devices = onThread { DeviceQuestions.ask(known, network) }
        async let mirrors = onThread { MirrorQuestions.ask(settings.stun, known) }
        (seen.answers, seen.unaskedTargets) = await answers
        await devices?.add(to: &seen)
        await mirrors?.add(to: &seen)
        return seen
    }

    /// - Returns: nil when there is no thread to be had.
    private static func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result? {
        await withCheckedContinuation { continuation in
            do throws(KernelError) {
                try KernelThread.start { continuation.resume(returning: body()) }
            } catch { continuation.resume(returning: nil) }
        }
    }
}
