import ControlModel
import Forwarding

/// Flows for people.
enum FlowReport {
    static func show(_ answer: Views.Flows) {
        guard !answer.flows.isEmpty else { return print("no flows") }
        // Where the kernel carries all of them, a column would only repeat it.
        let tellsEngines = answer.flows.contains { $0.engine != EngineChoice.kernel.name }
        let engines = tellsEngines ? ["ENGINE"] : []
        var table = TextTable(
            ["ID", "FORWARD", "PROTO", "CLIENT", "EXTERNAL", "TARGET"] + engines
                + ["AGE", "IN", "OUT", "STATE"])
        for flow in answer.flows.sorted(by: { ($0.forward, $0.client) < ($1.forward, $1.client) }) {
            table.add(
                [flow.id, flow.forward, flow.transport, flow.client, flow.external, flow.target]
                    + engines.map { _ in flow.engine } + [
                        flow.age.map(Words.duration) ?? "?", Words.bytes(flow.bytesIn),
                        Words.bytes(flow.bytesOut), flow.state,
                    ])
        }
        table.show()
    }

    static func show(_ answer: Views.EndedFlows) {
        guard !answer.flows.isEmpty else {
            return print("no flows are remembered; those of the relay are, the kernel's are not")
        }
        var table = TextTable([
            "ENDED", "FORWARD", "PROTO", "CLIENT", "PORT", "REASON", "WHY", "IN", "OUT",
        ])
        for flow in answer.flows {
            table.add([
                flow.ended, flow.forward, flow.transport, flow.client, "\(flow.externalPort)",
                flow.reason, flow.why, Words.bytes(flow.bytesIn), Words.bytes(flow.bytesOut),
            ])
        }
        table.show()
    }
}
