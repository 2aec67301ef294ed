import ControlModel
import Forwarding
import Hummingbird

/// What a listener of the event stream wants to hear.
enum EventTopic: String, CaseIterable, Sendable {
    case table, activity, counters, flows, requests

    /// Without a wish: flows are many, and few watch them.
    static let usual: Set<EventTopic> = [.table, .activity, .counters, .requests]

    /// `?topics=table,flows`.
    static func wished(in request: Request) throws -> Set<EventTopic> {
        guard let text = request.uri.queryParameters["topics"] else { return usual }
        var wished: Set<EventTopic> = []
        for word in text.split(separator: ",") {
            guard let topic = EventTopic(rawValue: String(word)) else {
                throw Refusal(
                    field: .body, value: "topics=\(word)",
                    problem: .choice(allCases.map(\.rawValue)))
            }
            wished.insert(topic)
        }
        return wished
    }
}
