import ControlModel
import Forwarding
import TestKit
import Testing

@Suite struct `What the letters of an end say` {
    @Test func `each pair has a sentence of its own, on one line`() {
        var sentences: Set<String> = []
        for cause in EndReason.Cause.allCases {
            for phase in EndReason.Phase.allCases {
                let text = EndReason(cause, phase).sentence
                #expect(sentences.insert(text).inserted, "\(cause) \(phase)")
                #expect(!text.contains("  ") && !text.contains("\n"))
                #expect(text.last != "." && text.last != " " && text.first != " ")
            }
        }
    }

    @Test func `a refused target is told as one`() {
        #expect(
            EndReason(.server, .connecting).sentence
                == "the target refused or broke off while the target was being connected")
        #expect(EndReason.none.sentence == "both sides ended in order")
    }
}
