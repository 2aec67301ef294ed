import Addressing
import CLinux
import Forwarding
import LinuxKit
import Wire

/// One target that is tried, and what is thought of it.
struct HealthProbe {
    let forward: ForwardID
    let subject: HealthSubject
    let check: HealthCheck
    private(set) var isDown: Bool
    /// Tries in a row that spoke against the opinion.
    private var against: UInt32 = 0
    /// The try under way.
    private(set) var descriptor: Int32 = -1
    /// When the try under way is given up, or the next begins; in milliseconds.
    private(set) var due: UInt64 = 0
    /// Which address is tried; the other one has its turn when this one fails.
    private var triesV4: Bool
    /// Whether the opinion has to be told.
    private var isNews: Bool

    init(_ forward: ForwardID, _ subject: HealthSubject, _ check: HealthCheck, isDown: Bool) {
        (self.forward, self.subject, self.check) = (forward, subject, check)
        (self.isDown, isNews) = (isDown, isDown)
        triesV4 = subject.target.v6 == nil
    }

    /// Looks at the try under way, or begins the next; what there is to tell.
    mutating func turn(at now: UInt64) -> TargetHealth? {
        if let isGood = outcome(at: now) { judge(isGood) }
        if descriptor < 0, due <= now { begin(at: now) }
        guard isNews else { return nil }
        isNews = false
        return TargetHealth(
            forward: forward, group: subject.group, place: subject.place, target: subject.target,
            isDown: isDown)
    }

    mutating func giveUp() {
        guard descriptor >= 0 else { return }
        _ = clinux_close(descriptor)
        descriptor = -1
    }

    /// How the try under way has ended; nil while it has not.
    private mutating func outcome(at now: UInt64) -> Bool? {
        guard descriptor >= 0 else { return nil }
        let state = clinux_connection(descriptor)
        guard state != 0 || now >= due else { return nil }
        if state == 1 { introduce() } else { turnFamily() }
        giveUp()
        // After an answer the next try comes when this one would have been given up.
        return state == 1
    }

    private func introduce() {
        let header: [UInt8] =
            switch subject.proxy {
            case .v1: Array("PROXY UNKNOWN\r\n".utf8)
            case .v2: ProxyFormat.local
            case nil: []
            }
        guard !header.isEmpty else { return }
        // SAFETY: the kernel reads the array, which outlives the call.
        _ = unsafe header.withUnsafeBytes {
            unsafe clinux_send(descriptor, $0.baseAddress, $0.count)
        }
    }

    private mutating func begin(at now: UInt64) {
        due = now + UInt64(check.interval) * 1000
        let result = connect()
        descriptor = max(result, -1)
        // For want of descriptors of our own nothing is known of the target.
        guard result < 0, result != -ErrorNumber.tooManyFiles, result != -ErrorNumber.fileTableFull
        else { return }
        turnFamily()
        judge(false)
    }

    private func connect() -> Int32 {
        if let path = subject.target.path {
            // SAFETY: the path lives for the call.
            return unsafe path.text.withCString { unsafe clinux_connect_unix($0) }
        }
        guard var place = subject.target.endpoint(v4: triesV4) else {
            return -ErrorNumber.invalid
        }
        return unsafe clinux_connect_stream(&place, nil)
    }

    private mutating func turnFamily() {
        if subject.target.v4 != nil, subject.target.v6 != nil { triesV4.toggle() }
    }

    private mutating func judge(_ isGood: Bool) {
        guard isGood == isDown else { return against = 0 }
        against += 1
        guard against >= (isDown ? check.rise : check.fall) else { return }
        isDown.toggle()
        against = 0
        isNews = true
    }
}

extension PlacePlan {
    fileprivate func endpoint(v4 wantsV4: Bool) -> clinux_endpoint? {
        wantsV4
            ? v4.map { clinux_endpoint(.v4($0), firstPort) }
            : v6.map { clinux_endpoint(.v6($0), firstPort) }
    }
}
