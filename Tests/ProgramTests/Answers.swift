/// The keys of the program's JSON that tests rely on, written down a second time: a key that is renamed
/// fails here.
struct Status: Decodable {
    var version: String
    var revision: Int
    var forwards: Int
    var in_force: Int
    var adopted: Int
    var guarded: Bool
    var guard_dropped_packets: Int
}

struct Listed: Decodable {
    var revision: Int
    var forwards: [Shown]
}

struct Shown: Decodable {
    var id: Int
    var name: String
    var external: String
    var on: String?
    var at: String?
    var to: String
    var open_to: [String]
    var state: String
    var targets: [String]
    var enabled: Bool
    var ends: String?
    var traffic: Carried

    struct Carried: Decodable {
        var flows: Int
        var packets_in: Int
        var bytes_in: Int
        var bytes_out: Int
        var denied: Int
    }
}

struct FlowsShown: Decodable {
    var flows: [Flow]

    struct Flow: Decodable {
        var id: String
        var engine: String
        var forward: String
        var transport: String
        var client: String
        var target: String
        var seen_as: String
        var state: String
        var age: Int?
        var bytes_in: Int
    }
}
