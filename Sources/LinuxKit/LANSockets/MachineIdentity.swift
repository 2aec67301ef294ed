import Glibc

/// What tells this machine from all others, and stays (`machine-id(5)`).
package enum MachineIdentity {
    /// Sixteen bytes that are not to be shown to anybody as they are; nil where there are none.
    package static func read(_ path: String = "/etc/machine-id") -> [UInt8]? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        // SAFETY: the stream was opened above and is closed once; the buffer outlives the call.
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { return nil }
        let digits = line.prefix { $0 != 0 && $0 != 10 }.compactMap {
            Character(UnicodeScalar(UInt8(bitPattern: $0))).hexDigitValue.map { UInt8($0) }
        }
        guard digits.count == 32 else { return nil }
        return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
