import Addressing
import Synchronization
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `Events of UPnP` {
    @Test func `the first tells everything, later ones what has changed since`() async throws {
        let talk = HubTalk()
        let id = try await talk.subscribed()
        #expect(talk.told == [HubTalk.Told(0, ["Fixed": "x", "Value": "0"])])
        await talk.change(to: 1)
        #expect(await talk.hears(2))
        await talk.hub.stir()
        await talk.change(to: 2)
        #expect(await talk.hears(3))
        // What was stirred without a change made no event, or the numbers would show it.
        #expect(talk.told[1...] == [.init(1, ["Value": "1"]), .init(2, ["Value": "2"])])
        #expect(await talk.hub.cancel(id, HubTalk.host))
    }

    @Test func `many changes at once are few events`() async throws {
        let talk = HubTalk()
        _ = try await talk.subscribed()
        for number in 1...200 { await talk.change(to: number) }
        let isTold = await eventually(within: 300) {
            talk.told.last?.values["Value"] == "200"
        }
        #expect(isTold)
        // A machine that is overrun takes its time for two hundred changes, and tells more than once.
        #expect(talk.told.count < 50, "\(talk.told.count)")
        #expect(talk.told.map(\.number) == Array(0..<UInt32(talk.told.count)))
    }

    @Test func `a slow subscriber has one event on its way, and gets the newest next`() async throws
    {
        let talk = HubTalk()
        _ = try await talk.subscribed()
        talk.hold()
        await talk.change(to: 1)
        #expect(await talk.hears(2))
        // Another, whom nobody holds up, is told twice: so what was stirred has come to all.
        let other = HubTalk.host(11)
        _ = try await talk.subscribed(other)
        for number in [49, 50] {
            await talk.change(to: number)
            let isOtherTold = await eventually(within: 300) {
                talk.told(other).last?.values["Value"] == "\(number)"
            }
            #expect(isOtherTold)
        }
        #expect(talk.told.count == 2)
        talk.letGo()
        let isTold = await eventually(within: 300) {
            talk.told.last?.values["Value"] == "50"
        }
        #expect(isTold)
        #expect(talk.most == 1)
        #expect(talk.told.map { $0.values["Value"] } == ["0", "1", "50"])
    }

    /// Failures in a row count, not failures.
    @Test func `three events that nobody takes end a subscription, and are told again until then`()
        async throws
    {
        let talk = HubTalk([false, false, true, false, false, false])
        _ = try await talk.subscribed()
        for number in 1...5 {
            #expect(await talk.hub.count == 1)
            await talk.change(to: number)
            #expect(await talk.hears(number + 1))
        }
        let isDropped = await eventually(within: 300) { await talk.hub.count == 0 }
        #expect(isDropped)
        #expect(talk.told.map(\.number) == [0, 1, 2, 3, 4, 5])
        // What did not arrive is told again with what came after.
        #expect(talk.told[1].values == ["Fixed": "x", "Value": "1"])
        #expect(talk.told[2].values == ["Fixed": "x", "Value": "2"])
        #expect(talk.told[3].values == ["Value": "3"])
        #expect(talk.told[5].values == ["Value": "5"])
        // When another has heard the next, nothing more has gone to this one.
        let other = HubTalk.host(11)
        _ = try await talk.subscribed(other)
        await talk.change(to: 6)
        let isOtherTold = await eventually(within: 300) {
            talk.told(other).last?.values["Value"] == "6"
        }
        #expect(isOtherTold)
        #expect(talk.told.count == 6)
    }

    @Test func `a subscription that is not renewed ends, and one whose network goes`() async throws
    {
        let talk = HubTalk()
        _ = try await talk.subscribed(HubTalk.host, for: 0)
        await talk.change(to: 1)
        let isGone = await eventually(within: 300) { await talk.hub.count == 0 }
        #expect(isGone)
        #expect(talk.told.count == 1)
        _ = try await talk.subscribed(HubTalk.host(11))
        await talk.hub.keep([UPnPTalk.lan])
        #expect(await talk.hub.count == 1)
        await talk.hub.keep([])
        #expect(await talk.hub.count == 0)
    }
}

/// A hub with one value that changes, and subscribers that take events or do not.
private final class HubTalk: Sendable {
    struct Told: Equatable {
        var number: UInt32
        var values: [String: String]

        init(_ number: UInt32, _ values: [String: String]) {
            (self.number, self.values) = (number, values)
        }
    }

    private struct State {
        var value = 0
        /// What becomes of the next events; then all are taken.
        var fates: [Bool]
        var told: [IPAddress: [Told]] = [:]
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var onTheirWay: [IPAddress: Int] = [:]
        var most = 0
    }

    private let state: Mutex<State>
    private let made: Mutex<EventHub?> = Mutex(nil)

    static let host = host(10)
    static func host(_ number: UInt8) -> IPAddress { Sample.address("192.168.1.\(number)") }

    init(_ fates: [Bool] = []) {
        state = Mutex(State(fates: fates))
        let hub = EventHub(
            .standard,
            values: { [weak self] _, _ in
                let value = self?.state.withLock { $0.value } ?? 0
                return [SOAPArgument("Fixed", "x"), SOAPArgument("Value", "\(value)")]
            }, deliver: { [weak self] in await self?.deliver($0, to: $1, in: $2) ?? false })
        made.withLock { $0 = hub }
    }

    var hub: EventHub {
        guard let hub = made.withLock({ $0 }) else { preconditionFailure("no hub") }
        return hub
    }

    var told: [Told] { told(Self.host) }
    func told(_ host: IPAddress) -> [Told] { state.withLock { $0.told[host] ?? [] } }
    /// How many events were on their way to one subscriber at once.
    var most: Int { state.withLock { $0.most } }

    func subscribed(
        _ host: IPAddress = host, for seconds: UInt32 = 1800
    ) async throws -> GENASubscriptionID {
        let callback = try #require(LocalURL("http://\(host):2000/x"))
        let caller = UPnPTalk.caller("\(host)")
        let id = try #require(
            await hub.subscribe(IGDService.wanIPConnection.newest, callback, caller, for: seconds))
        await hub.begin(id)
        return id
    }

    func change(to value: Int) async {
        state.withLock { $0.value = value }
        await hub.stir()
    }

    func hears(_ count: Int) async -> Bool {
        await eventually(within: 300) { told.count == count }
    }

    /// Events to the first host wait until they are let go.
    func hold() { state.withLock { $0.isHeld = true } }

    func letGo() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    private func deliver(_ bytes: [UInt8], to callback: LocalURL, in lan: LAN) async -> Bool {
        let host = callback.endpoint.address
        let isTaken = state.withLock { state in
            state.told[host, default: []].append(Self.read(bytes))
            state.onTheirWay[host, default: 0] += 1
            state.most = max(state.most, state.onTheirWay[host] ?? 0)
            return state.fates.isEmpty ? true : state.fates.removeFirst()
        }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                let isHeld = state.isHeld && host == Self.host
                if isHeld { state.held.append(continuation) }
                return isHeld
            }
            if !isHeld { continuation.resume() }
        }
        state.withLock { $0.onTheirWay[host, default: 1] -= 1 }
        return isTaken
    }

    private static func read(_ bytes: [UInt8]) -> Told {
        let text = String(decoding: bytes, as: UTF8.self)
        func between(_ start: String, _ end: String) -> String? {
            text.split(separator: start, maxSplits: 1).dropFirst().first?
                .split(separator: end, maxSplits: 1).first.map(String.init)
        }
        var values: [String: String] = [:]
        for name in ["Fixed", "Value"] { values[name] = between("<\(name)>", "</\(name)>") }
        return Told(between("SEQ: ", "\r\n").flatMap { UInt32($0) } ?? .max, values)
    }
}
