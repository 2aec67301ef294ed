import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A device that shows a nonce` {
    private var devices = Devices()

    @Test mutating func `is not heard with another's nonce where the operator is strict`() {
        devices.policy.nonces = .strict
        devices.ask(Devices.request())
        #expect(devices.ask(Devices.request(nonce: 2)).denial == .nonce)
        let release = LeaseRelease(
            Devices.asker(), .internalPort(.udp, 51_413), nonce: Devices.nonce(2))
        #expect(devices.ask(.release(release)).denial == .nonce)
        #expect(devices.table.count == 1)
    }

    @Test mutating func `may renew with a new nonce, and not change or delete with it`() {
        devices.ask(Devices.request())
        let filter = FilterChange.add([RemotePeer(Sample.prefix("198.51.100.0/24"))])
        #expect(devices.ask(Devices.request(nonce: 2, filters: filter)).denial == .nonce)
        #expect(devices.ask(Devices.request(nonce: 3)).granted != nil)
        let release = LeaseRelease(
            Devices.asker(), .internalPort(.udp, 51_413), nonce: Devices.nonce(2))
        #expect(devices.ask(.release(release)).denial == .nonce)
    }

    @Test mutating func `makes no nonce known by renewing, and makes none forgotten`() {
        devices.ask(Devices.request())
        for nonce in UInt32(2)...6 {
            #expect(devices.ask(Devices.request(nonce: nonce)).granted != nil)
        }
        func release(_ nonce: UInt32) -> LeaseAsk {
            .release(
                LeaseRelease(
                    Devices.asker(), .internalPort(.udp, 51_413), nonce: Devices.nonce(nonce)))
        }
        #expect(devices.ask(release(6)).denial == .nonce)
        #expect(devices.ask(release(1)).denial == nil)
        #expect(devices.table.count == 0)
    }

    @Test mutating func `has the nonce with which it goes on in PCP after NAT-PMP`() {
        devices.ask(Devices.request(Devices.asker(.natPMP)))
        devices.ask(Devices.request(nonce: 2))
        #expect(devices.ask(Devices.request(nonce: 3)).granted?.lease?.nonces == [Devices.nonce(2)])
    }
}
