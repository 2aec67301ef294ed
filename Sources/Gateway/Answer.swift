package import Forwarding

/// What came of a request.
package struct Answer: Equatable, Sendable {
    package var changes: [ForwardChange] = []
    package var warnings: [Warning] = []
    /// Not empty: nothing was changed.
    package var refusals: [Refusal] = []
    package var revision: Int
    package var flowsEnded = 0
    /// What a question would cost if it were done: for each forward the flows that would end.
    package var costs: ByForward<FlowCost> = [:]
    /// Until when the change has to be confirmed; nil when it stands.
    package var confirmBy: Timestamp?
}
