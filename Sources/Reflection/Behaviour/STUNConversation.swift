import Addressing
import LinuxKit
import Wire

/// Questions that are asked through one socket at once, each until it is answered.
///
/// Each is sent three times, half a second apart; the last has a second for its answer. What is lost
/// thrice is taken for filtered.
struct STUNConversation {
    private static let sends = 3
    private static let interval = Duration.milliseconds(500)
    private static let patience = Duration.seconds(1)

    let socket: DatagramSocket

    struct Question {
        var request: STUNBindingRequest
        var server: Endpoint
        /// From where the answer has to come.
        var answersFrom: Endpoint

        /// - Parameter answersFrom: nil for the place that is asked.
        init(_ server: Endpoint, _ change: STUNChange? = nil, answersFrom: Endpoint? = nil) {
            self.server = server
            self.answersFrom = answersFrom ?? server
            request = .random(change)
        }
    }

    /// - Returns: the answers in the order of the questions; nil where none came.
    func ask(_ questions: [Question]) throws(KernelError) -> [STUNBindingAnswer?] {
        var answers = [STUNBindingAnswer?](repeating: nil, count: questions.count)
        for send in 1...Self.sends {
            for (place, question) in questions.enumerated() where answers[place] == nil {
                try say(question.request.bytes, to: question.server)
            }
            let limit = ContinuousClock.now + (send < Self.sends ? Self.interval : Self.patience)
            listen(until: limit) { bytes, peer in
                for (place, question) in questions.enumerated() where peer == question.answersFrom {
                    answers[place] =
                        answers[place] ?? STUNBindingAnswer(bytes, to: question.request)
                }
                return answers.contains(nil)
            }
            guard answers.contains(nil) else { break }
        }
        return answers
    }

    /// Whether what another socket sends to `mapped` comes in here.
    func hears(from other: DatagramSocket, sentTo mapped: Endpoint) throws(KernelError) -> Bool {
        let request = STUNBindingRequest.random().bytes
        var isHeard = false
        for _ in 0..<Self.sends where !isHeard {
            try STUNConversation(socket: other).say(request, to: mapped)
            listen(until: ContinuousClock.now + Self.interval) { bytes, _ in
                isHeard = isHeard || bytes == request
                return !isHeard
            }
        }
        return isHeard
    }

    /// That a way is not there is no failure of ours: no answer will come.
    private func say(_ bytes: [UInt8], to peer: Endpoint) throws(KernelError) {
        do throws(KernelError) { try socket.send(bytes, to: peer) } catch {
            guard ErrorNumber.ofTheWay.contains(error.code) else { throw error }
        }
    }

    private func listen(
        until limit: ContinuousClock.Instant, _ goesOn: ([UInt8], Endpoint) -> Bool
    ) {
        while true {
            let left = ContinuousClock.now.duration(to: limit)
            // The wait has whole milliseconds.
            let milliseconds = Int32(clamping: Int64((left / .milliseconds(1)).rounded(.up)))
            guard left > .zero, socket.isReadable(within: milliseconds) else { return }
            while let (bytes, peer) = socket.receive() {
                guard goesOn(bytes, peer) else { return }
            }
        }
    }
}

extension STUNBindingRequest {
    /// Nobody who does not see it can answer it.
    fileprivate static func random(_ change: STUNChange? = nil) -> STUNBindingRequest {
        STUNBindingRequest(change: change, drawing: { .random(in: .min ... .max) })
    }
}

extension ErrorNumber {
    /// EPERM of a firewall, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH.
    fileprivate static let ofTheWay: Set<Int32> = [notPermitted, 100, 101, 112, 113]
}
