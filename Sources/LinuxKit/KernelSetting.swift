import Glibc

/// A number under `/proc/sys` (`sysctl(8)`), in the network namespace of the calling thread.
package struct KernelSetting: Hashable, Sendable {
    /// With dots or slashes as in the file system: `net/ipv4/ip_forward`.
    package let path: String

    package init(_ path: String) { self.path = path }

    package func read() throws(KernelError) -> String {
        guard let file = unsafe fopen("/proc/sys/" + path, "r") else {
            throw KernelError(code: errno, call: .readSetting)
        }
        // SAFETY: the stream was opened above and is closed once; the buffer outlives the call.
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else {
            throw KernelError(code: errno, call: .readSetting)
        }
        let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: text.filter { $0 != 10 }, as: UTF8.self)
    }

    package func write(_ value: String) throws(KernelError) {
        guard let file = unsafe fopen("/proc/sys/" + path, "w") else {
            throw KernelError(code: errno, call: .writeSetting)
        }
        // SAFETY: the stream was opened above and is closed once.
        let written = unsafe fputs(value, file)
        guard unsafe fclose(file) == 0, written >= 0 else {
            throw KernelError(code: errno, call: .writeSetting)
        }
    }
}
