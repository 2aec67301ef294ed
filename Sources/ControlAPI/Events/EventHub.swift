import ControlModel
import Forwarding
import FoundationEssentials
package import Gateway
package import Logging
import NIOCore

/// Tells all who listen what happens: read once, encoded once, and handed to each.
///
/// Theory of operation. The hub hears the gateway's events and looks at counters and flows by itself,
/// as long as somebody wants them. What is frequent is gathered: of many changes within a quarter of a
/// second listeners hear once. A listener that does not take what it is sent is let go, not waited for:
/// it connects again, is greeted with the revision, and reads everything anew. So nobody can make the
/// gateway keep much, and nobody misses something without knowing.
package actor EventHub {
    private let gateway: Gateway
    private let log: Logger
    private var listeners: [Int: Listener] = [:]
    private var lastListener = 0
    private var isTableStale = false
    private var areRequestsStale = false
    private var beat = 0
    /// What was told of counters last, for all and for those who asked for one forward alike.
    ///
    /// Nil until they were read once: what was carried before is no news.
    private var told: [ForwardName: Views.Counter]?

    private struct Listener {
        var topics: Set<EventTopic>
        var forward: ForwardName?
        var stream: AsyncStream<ByteBuffer>.Continuation
    }

    /// More at a time would be a mistake or an attack.
    static let mostListeners = 2000
    /// Events that wait for one listener.
    private static let backlog = 256
    /// Flows of one event.
    static let mostFlows = 500
    private static let period = Duration.milliseconds(250)
    /// In periods: a second, two, five, fifteen.
    private static let (counterBeat, flowBeat, liveBeat, quietBeat) = (4, 8, 20, 60)

    package init(gateway: Gateway, log: Logger) {
        self.gateway = gateway
        self.log = log
    }

    /// Works until the task is cancelled; then every stream ends.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.hear() }
            group.addTask { await self.keepTime() }
        }
        for listener in listeners.values { listener.stream.finish() }
        listeners = [:]
    }

    private func hear() async {
        while !Task.isCancelled {
            for await event in await gateway.events() { take(event) }
            // We did not keep up: whoever listens is to read everything anew.
            for listener in listeners.values { listener.stream.finish() }
            listeners = [:]
        }
    }

    private func take(_ event: Gateway.Event) {
        switch event {
        case .table: isTableStale = true
        case .requests: areRequestsStale = true
        case .activity(let entry):
            guard isWanted(.activity) else { return }
            tell(.activity, Views.Activity(entry))
        }
    }

    private func keepTime() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: listeners.isEmpty ? .seconds(1) : Self.period)
            guard !listeners.isEmpty else {
                (told, isTableStale, areRequestsStale) = (nil, false, false)
                continue
            }
            beat += 1
            await tellWhatIsDue()
        }
    }

    private func tellWhatIsDue() async {
        if isTableStale {
            isTableStale = false
            tell(.table, Views.Hello(revision: await gateway.currentRevision()))
        }
        if areRequestsStale {
            areRequestsStale = false
            tell(
                .requests,
                Views.Requests(
                    await gateway.pendingLeases(), refused: await gateway.refusedLeases()))
        }
        if beat % Self.counterBeat == 0, isWanted(.counters) { await tellCounters() }
        if beat % Self.flowBeat == 0, isWanted(.flows) { await tellFlows() }
        if beat % Self.quietBeat == 0 { send(ByteBuffer(string: ":\n\n")) { _ in true } }
    }

    // Listeners.

    /// - Returns: nil when there are too many.
    func listen(
        to topics: Set<EventTopic>, of forward: ForwardName?
    ) async -> (number: Int, events: AsyncStream<ByteBuffer>)? {
        guard listeners.count < Self.mostListeners else { return nil }
        let (events, stream) = AsyncStream.makeStream(
            of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        lastListener += 1
        let number = lastListener
        listeners[number] = Listener(topics: topics, forward: forward, stream: stream)
        stream.yield(ByteBuffer(string: "retry: 2000\n"))
        let revision = await gateway.currentRevision()
        stream.yield(Self.event("hello", Views.Hello(revision: revision)))
        return (number, events)
    }

    func leave(_ number: Int) {
        listeners[number]?.stream.finish()
        listeners[number] = nil
    }

    private func isWanted(_ topic: EventTopic) -> Bool {
        listeners.values.contains { $0.topics.contains(topic) }
    }

    private func tell(_ topic: EventTopic, _ content: some Encodable) {
        send(Self.event(topic.rawValue, content)) { $0.topics.contains(topic) }
    }

    private func send(_ event: ByteBuffer, to isMeant: (Listener) -> Bool) {
        for (number, listener) in listeners where isMeant(listener) {
            if case .enqueued = listener.stream.yield(event) { continue }
            leave(number)
        }
    }

    private static func event(_ name: String, _ content: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What has no JSON is a fault of ours; an event without content shows it.
        let data = (try? encoder.encode(content)) ?? Data()
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        buffer.writeBytes(data)
        buffer.writeStaticString("\n\n")
        return buffer
    }

    // What is looked at.

    /// What cannot be read now is tried again at the next beat; nobody is told of something that is not so.
    private func looked<Found>(_ look: () async throws -> Found) async -> Found? {
        do { return try await look() } catch {
            log.warning("listeners cannot be told what is carried: \(error)")
            return nil
        }
    }

    private func tellCounters() async {
        guard let counters = await looked({ try await gateway.counters() }) else { return }
        let live = beat % Self.liveBeat == 0 ? await liveFlows() : nil
        var changed: [ForwardName: Views.Counter] = [:]
        var next: [ForwardName: Views.Counter] = [:]
        for (name, traffic) in counters {
            var counter = Views.Counter(traffic)
            counter.live = live.map { $0[name] ?? 0 } ?? told?[name]?.live
            next[name] = counter
            guard let told, counter != told[name] ?? Views.Counter(Traffic()) else { continue }
            changed[name] = counter
        }
        told = next
        guard !changed.isEmpty else { return }
        let now = gateway.now.text
        for forward in Set(listeners.values.map(\.forward)) {
            let mine = forward.map { name in changed.filter { $0.key == name } } ?? changed
            guard !mine.isEmpty else { continue }
            let view = Views.Counters(
                time: now,
                forwards: Dictionary(uniqueKeysWithValues: mine.map { ($0.key.text, $0.value) }))
            send(Self.event("counters", view)) {
                $0.forward == forward && $0.topics.contains(.counters)
            }
        }
    }

    private func liveFlows() async -> [ForwardName: Int]? {
        guard let flows = await looked({ try await gateway.flows(of: nil) ?? [] }) else {
            return nil
        }
        return flows.reduce(into: [:]) { $0[$1.0, default: 0] += 1 }
    }

    private func tellFlows() async {
        guard let flows = await looked({ try await gateway.flows(of: nil) ?? [] }) else { return }
        let now = gateway.now
        let wishes = Set(
            listeners.values.filter { $0.topics.contains(.flows) }.map(\.forward))
        for forward in wishes {
            let mine = forward.map { name in flows.filter { $0.0 == name } } ?? flows
            let views = mine.prefix(Self.mostFlows).map { Views.Flow($0.0, $0.1, now: now) }
            send(Self.event("flows", Views.Flows(flows: Array(views)))) {
                $0.forward == forward && $0.topics.contains(.flows)
            }
        }
    }
}

extension Views.Counter {
    init(_ traffic: Traffic) {
        self.init(
            flows: traffic.flows, bytesIn: traffic.inbound.bytes,
            bytesOut: traffic.outbound.bytes, denied: traffic.denied)
    }
}
