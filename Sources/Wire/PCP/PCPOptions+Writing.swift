import Addressing

extension PCPOptions {
    func write(to bytes: inout [UInt8]) {
        if let thirdParty {
            begin(.thirdParty, in: &bytes)
            bytes.append(mapped: thirdParty)
        }
        if prefersFailure { begin(.preferFailure, in: &bytes) }
        for filter in filters {
            begin(.filter, in: &bytes)
            filter.write(to: &bytes)
        }
        guard let portSet else { return }
        begin(.portSet, in: &bytes)
        bytes.append(number: portSet.size)
        bytes.append(number: portSet.firstInternalPort)
        bytes.append(portSet.keepsParity ? 1 : 0)
        bytes.append(zeros: 3)
    }

    private func begin(_ code: PCPOptionCode, in bytes: inout [UInt8]) {
        bytes += [code.rawValue, 0]
        bytes.append(number: UInt16(code.dataLength))
    }
}

extension PCPFilter {
    fileprivate func write(to bytes: inout [UInt8]) {
        guard case .allow(let remotes) = self else {
            bytes.append(zeros: PCPOptionCode.filter.dataLength)
            return
        }
        let prefix = remotes.prefix
        bytes += [0, UInt8(prefix.family == .v4 ? prefix.length + 96 : prefix.length)]
        bytes.append(number: remotes.port ?? 0)
        bytes.append(mapped: prefix.base)
    }
}
