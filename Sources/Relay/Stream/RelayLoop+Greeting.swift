import Addressing
import CLinux
import Forwarding
import Wire

/// Reading the first bytes of a client, where they decide who it is or where it goes.
///
/// They are looked at in the socket (MSG_PEEK) and left there: what is not understood yet needs no
/// memory of ours, and what is handed on is exactly what came. Only the header of a front proxy is
/// taken out, since it is not for the target.
extension RelayLoop {
    func greet(_ id: FlowID) {
        let service = flows[id.index].service
        if services[service].trusted.count > 0, !flows[id.index].isIdentified {
            guard identify(id) else { return }
        }
        guard services[service].routes else { return connectFirst(id) }
        route(id)
    }

    /// Finds out by the front proxy's header who the client is; false while that is open, or when the
    /// flow has ended over it.
    private func identify(_ id: FlowID) -> Bool {
        let read = peek(id) { ProxyHeader.read($0, accepting: .either) }
        switch read {
        case .some(.complete(let header, let length)):
            drop(length, of: id)
            return adopt(header, id)
        case .some(.needMore): return waits(id)
        case .some(.invalid): return refuse(id, EndReason(.proxy, .greeting))
        case nil: return waits(id)
        }
    }

    private func adopt(_ header: ProxyHeader, _ id: FlowID) -> Bool {
        if case .proxied(.stream, let source, _) = header.origin {
            flows[id.index].source = clinux_endpoint(source.address, source.port)
        }
        flows[id.index].isIdentified = true
        let service = flows[id.index].service
        guard services[service].admits(flows[id.index].source) else {
            services[service].counters.denied &+= 1
            return refuse(id, EndReason(.proxy, .greeting))
        }
        guard services[service].terms.limits.boundsSources else { return true }
        guard admit(flows[id.index].source, at: service) else {
            services[service].counters.limited &+= 1
            return refuse(id, EndReason(.proxy, .greeting))
        }
        flows[id.index].isCounted = true
        return true
    }

    private func route(_ id: FlowID) {
        switch peek(id, { ClientHello.read($0) }) {
        case .some(.needMore), nil: _ = waits(id)
        case .some(.invalid): answer(id, TLSAlert.decodeError)
        case .some(.notTLS): go(id, nil)
        case .some(.hello(let hello)): go(id, hello.serverName)
        }
    }

    private func go(_ id: FlowID, _ name: ServerName?) {
        let service = flows[id.index].service
        let group = nameTables[service]?.group(of: name)
        guard group != nil || !services[service].terms.refusesOtherNames else {
            services[service].counters.denied &+= 1
            return answer(id, TLSAlert.unrecognizedName)
        }
        flows[id.index].group = group ?? 0
        connectFirst(id)
    }

    /// Ends a flow with a last word.
    private func answer(_ id: FlowID, _ alert: [UInt8]) {
        let descriptor = flows[id.index].client.descriptor
        // SAFETY: the kernel reads the array, which outlives the call.
        _ = unsafe alert.withUnsafeBytes {
            unsafe clinux_send(descriptor, $0.baseAddress, $0.count)
        }
        // The hello was never read; closing would turn that into a reset that eats the alert.
        drop(ClientHello.longest, of: id)
        _ = clinux_shutdown_write(descriptor)
        end(id, EndReason(.proxy, .greeting))
    }

    private func refuse(_ id: FlowID, _ reason: EndReason) -> Bool {
        end(id, reason, abruptly: true)
        return false
    }

    /// More has to come; a client that has ended will send nothing more.
    private func waits(_ id: FlowID) -> Bool {
        guard !flows[id.index].client.hasEnd else {
            return refuse(id, EndReason(.client, .greeting))
        }
        return false
    }

    /// Nil when nothing is there.
    private func peek<Result>(_ id: FlowID, _ read: (Span<UInt8>) -> Result) -> Result? {
        let bytes = unsafe scratch.address(of: 0)
        let count = unsafe clinux_peek(flows[id.index].client.descriptor, bytes, scratch.capacity)
        guard count > 0 else { return nil }
        // SAFETY: the kernel has written `count` bytes, and nothing else uses the scratch meanwhile.
        return unsafe read(Span(_unsafeStart: bytes, count: count))
    }

    private func drop(_ length: Int, of id: FlowID) {
        let bytes = unsafe scratch.address(of: 0)
        _ = unsafe clinux_receive(
            flows[id.index].client.descriptor, bytes, min(length, scratch.capacity))
    }
}
