extension PCPError {
    /// The answer that says so: the request itself with another header (RFC 6887 section 8.2).
    ///
    /// Whoever asked finds nonce and suggestion again. It is as long as the request, padded to a
    /// multiple of four, but never shorter than a header and never longer than 1100 bytes.
    ///
    /// - Parameters:
    ///   - request: The whole datagram, two bytes at least.
    ///   - epoch: For how many seconds the server has known its mappings.
    ///   - lifetime: For how many seconds it is going to fail; nil for what is usual.
    package func response(
        to request: Span<UInt8>, epoch: UInt32, lifetime: UInt32? = nil
    ) -> [UInt8] {
        let copied = min(request.count, PCP.longest)
        var bytes = (0..<copied).map { request[$0] }
        bytes.append(zeros: max(PCP.headerLength, (copied + 3) / 4 * 4) - copied)
        bytes[0] = PCP.version
        bytes[1] |= PCP.responseBit
        bytes[2] = 0
        bytes[3] = rawValue
        bytes.put(number: lifetime ?? self.lifetime, at: 4)
        bytes.put(number: epoch, at: 8)
        if self == .unsupportedVersion || !PCPRequest.hasPossibleLength(request) { return bytes }
        // Where the request could not be read, the end of the client's address stays (section 7.2).
        for place in 12..<PCP.headerLength { bytes[place] = 0 }
        return bytes
    }
}
