import Addressing
import Forwarding
import NIOCore
import Synchronization
import Wire

/// Decides which searches of a network are answered, when, and from which of our addresses.
final class SearchDesk: Sendable {
    private struct State {
        var limits = SearchLimits()
        var voices: [IPAddress: Voice] = [:]
        /// Answers that wait for their time.
        var pending = 0
    }

    /// One of our addresses, and how it speaks.
    struct Voice: Sendable {
        var address: IPAddress
        var channel: any Channel
        var ssdp: SSDPVoice
    }

    let lan: LAN
    private let found: SSDPPresence
    private let date: @Sendable () -> String
    private let state: Mutex<State> = Mutex(State())

    private static let mostPending = 512

    init(_ lan: LAN, _ found: SSDPPresence, date: @escaping @Sendable () -> String) {
        (self.lan, self.found, self.date) = (lan, found, date)
    }

    func add(_ voice: Voice) { state.withLock { $0.voices[voice.address] = voice } }

    var voices: [Voice] { state.withLock { Array($0.voices.values) } }

    /// All that is said from now on carries this number.
    func follow(boot: UInt32) {
        state.withLock { state in
            for address in state.voices.keys { state.voices[address]?.ssdp.boot = boot }
        }
    }

    func answer(_ search: SSDPSearch, to address: SocketAddress) {
        guard let source = Endpoint(address), source.port != 0, let own = voice(for: source.address)
        else { return }
        let entries = found.answers(to: search.target)
        let (voice, count) = state.withLock { state -> (Voice?, Int) in
            guard let voice = state.voices[own],
                state.pending + entries.count <= Self.mostPending
            else { return (nil, 0) }
            let count = state.limits.admitted(entries.count, to: source.address, at: .now)
            state.pending += count
            return (voice, count)
        }
        guard let voice else { return }
        for entry in entries.prefix(count) { answer(entry, address, voice, search.delay) }
    }

    /// Our address that somebody here is answered from; nil for a stranger.
    ///
    /// Whoever searches `ff02::c` does so from its link-local address (RFC 6724 rule 2), which is in no
    /// subnet of ours: the socket hears this interface alone, and nobody forwards such packets.
    private func voice(for source: IPAddress) -> IPAddress? {
        if lan.holds(source) { return lan.address(towards: source) }
        guard case .v6(let v6) = source, v6.isLinkLocal, !lan.addresses.contains(source) else {
            return nil
        }
        return lan.addresses.first { $0.family == .v6 }
    }

    /// At a moment of chance, so that not all devices answer at once.
    private func answer(
        _ entry: SSDPEntry, _ address: SocketAddress, _ voice: Voice, _ delay: UInt8
    ) {
        // Answers that come at the last moment come too late.
        let wait = Int64.random(in: 50...(Int64(delay) * 900))
        voice.channel.eventLoop.scheduleTask(in: .milliseconds(wait)) { [self] in
            // The number of the boot may be another by now.
            let now = state.withLock { state in
                state.pending -= 1
                return state.voices[voice.address]?.ssdp ?? voice.ssdp
            }
            let bytes = now.answer(entry, date: date())
            voice.channel.writeAndFlush(
                AddressedEnvelope(
                    remoteAddress: address, data: voice.channel.allocator.buffer(bytes: bytes)),
                promise: nil)
        }
    }

    /// Says something of all that is here, from each of our addresses to the groups that hear it.
    func announce(_ message: (SSDPVoice, SSDPEntry, SSDPGroup) -> [UInt8]) {
        for voice in voices {
            for group in groups(of: voice.address) {
                for entry in found.announcements {
                    say(message(voice.ssdp, entry, group), group, voice)
                }
            }
        }
    }

    private func say(_ bytes: [UInt8], _ group: SSDPGroup, _ voice: Voice) {
        let packed = voice.channel.allocator.buffer(bytes: group.endpoint.address.octets)
        let port = Int(group.endpoint.port)
        guard let remote = try? SocketAddress(packedIPAddress: packed, port: port) else { return }
        voice.channel.writeAndFlush(
            AddressedEnvelope(
                remoteAddress: remote, data: voice.channel.allocator.buffer(bytes: bytes)),
            promise: nil)
    }

    /// Whoever hears of a link-local address has to be on the link; other addresses are for the site,
    /// too.
    private func groups(of address: IPAddress) -> [SSDPGroup] {
        guard case .v6(let v6) = address else { return [.v4] }
        if v6.isLinkLocal { return [.v6Link] }
        let hasLinkLocal = lan.addresses.contains { $0.v6?.isLinkLocal == true }
        return hasLinkLocal ? [.v6Site] : [.v6Link, .v6Site]
    }
}
