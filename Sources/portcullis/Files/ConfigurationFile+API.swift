import ControlModel
import Forwarding

extension ConfigurationFile {
    /// Where the API is served over TLS, and as what.
    struct API: Decodable {
        /// `192.168.7.1:8444`; nowhere when absent.
        var listen: OneOrMore?
        /// PEM files of the operator's own; one is made when absent.
        var certificate: String?
        var key: String?
        /// Further names by which requests may call the gateway.
        var hosts: [String]?
        /// `refuse`, or `force` to serve it to the outside, too.
        var wan: String?

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["listen", "certificate", "key", "hosts", "wan"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            listen = try values.decodeIfPresent(OneOrMore.self, forKey: .listen)
            certificate = try values.decodeIfPresent(String.self, forKey: .certificate)
            key = try values.decodeIfPresent(String.self, forKey: .key)
            hosts = try values.decodeIfPresent([String].self, forKey: .hosts)
            wan = try values.decodeIfPresent(String.self, forKey: .wan)
            try require(wan, "api.wan", among: ["refuse", "force"])
        }

        private enum CodingKeys: String, CodingKey { case listen, certificate, key, hosts, wan }
    }
}
