/// A system call that failed.
package struct KernelError: Error, Hashable, Sendable {
    /// The error number, positive (`errno(3)`).
    package var code: Int32
    package var call: KernelCall

    package init(code: Int32, call: KernelCall) {
        self.code = code
        self.call = call
    }

    /// Passes a result through, or throws it when it is negative.
    static func check<Result: SignedInteger>(
        _ result: Result, _ call: KernelCall
    ) throws(KernelError) -> Result {
        guard result >= 0 else { throw KernelError(code: Int32(-result), call: call) }
        return result
    }
}

/// What was asked of the kernel.
package enum KernelCall: String, Hashable, Sendable {
    case netlinkOpen, netlinkSend, netlinkReceive, netlinkJoin, netlinkDump
    case eventfd, wait, thread
    case openNamespace, enterNamespace
    case readSetting, writeSetting
    case tunnel, divert, trace
    case table
    case ask, clock
    case handOver
}

/// Error numbers that decisions hang on (include/uapi/asm-generic/errno*.h).
package enum ErrorNumber {
    package static let notPermitted: Int32 = 1
    package static let noEntry: Int32 = 2
    package static let noProcess: Int32 = 3
    package static let interrupted: Int32 = 4
    package static let inputOutput: Int32 = 5
    package static let tryAgain: Int32 = 11
    package static let noMemory: Int32 = 12
    package static let notAllowed: Int32 = 13
    package static let busy: Int32 = 16
    package static let exists: Int32 = 17
    package static let noDevice: Int32 = 19
    package static let invalid: Int32 = 22
    package static let crossDevice: Int32 = 18
    package static let fileTableFull: Int32 = 23
    package static let tooManyFiles: Int32 = 24
    package static let brokenPipe: Int32 = 32
    package static let restart: Int32 = 85
    package static let messageTooLong: Int32 = 90
    package static let notSupported: Int32 = 95
    package static let familyNotSupported: Int32 = 97
    package static let addressInUse: Int32 = 98
    package static let addressNotAvailable: Int32 = 99
    package static let noBuffers: Int32 = 105
    package static let notConnected: Int32 = 107
}
