import Addressing
import Forwarding
import PortMapping
import TestKit
import Testing

@Suite struct `The networks that are served` {
    @Test func `are those inside, and never a WAN`() {
        let all = MappingSettings(dialects: [.pcp]).lans(in: Sample.network)
        #expect(all.map(\.interface.text) == ["br0", "guest0"])
        let wanted = [Sample.interface("br0"), Sample.interface("wan0")]
        let some = MappingSettings(dialects: [.pcp], interfaces: wanted).lans(in: Sample.network)
        #expect(some.map(\.interface.text) == ["br0"])
        #expect(some[0].holds(Sample.address("192.168.7.10")))
        #expect(!some[0].holds(Sample.address("192.168.7.1")))
        #expect(!some[0].holds(Sample.address("192.168.9.30")))
    }
}
