import FoundationEssentials

/// The compiled zones of the tz database, as the machine has them.
package enum ZoneFile {
    /// - Parameter name: as in `Europe/Berlin`; nil for the machine's own zone. It has to be one that
    ///   cannot lead out of the folder.
    /// - Returns: nil where there is no such file.
    package static func read(_ name: String?) -> [UInt8]? {
        let path = name.map { "/usr/share/zoneinfo/\($0)" } ?? "/etc/localtime"
        return (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) }
    }
}
