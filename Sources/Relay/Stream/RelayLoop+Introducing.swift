import CLinux
import Forwarding
import Wire

/// Telling a target who the client is.
extension RelayLoop {
    /// Writes the PROXY header, where the target expects one; false when the socket did not take it.
    ///
    /// It is the first that the socket gets, so there is room for it.
    func introduce(_ id: FlowID) -> Bool {
        let flow = flows[id.index]
        guard let version = services[flow.service].terms.proxy else { return true }
        var external = clinux_endpoint()
        guard unsafe clinux_own_end(flow.client.descriptor, &external) >= 0 else { return false }
        let format = version == .v1 ? ProxyFormat.v1 : .v2Stream
        let length = write(format, from: flow.source, to: external)
        let bytes = unsafe scratch.address(of: 0)
        return unsafe clinux_send(flow.target.descriptor, bytes, length) == length
    }

    /// Writes a header into the scratch; its length.
    func write(
        _ format: ProxyFormat, from source: clinux_endpoint, to external: clinux_endpoint
    ) -> Int {
        // SAFETY: the scratch is far larger than any header and nothing else uses it meanwhile.
        let buffer = unsafe UnsafeMutableBufferPointer(
            start: scratch.address(of: 0), count: ProxyFormat.longest)
        var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
        let count = format.write(from: source.endpoint, to: external.endpoint, into: &output)
        _ = unsafe output.finalize(for: buffer)
        return count ?? 0
    }
}
