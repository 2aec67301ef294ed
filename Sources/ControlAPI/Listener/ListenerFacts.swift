import Access
package import Addressing

/// Where the API is served over TLS, and by which names.
package struct ListenerFacts: Sendable {
    package let endpoints: [Endpoint]
    /// The name of this machine.
    package let machine: String
    /// Further names that it is called by.
    package let names: [String]
    /// Whether one of them is for the outside, since somebody insisted.
    package let areReachableFromWAN: Bool
    let sources = ConnectionCount()

    package init(
        endpoints: [Endpoint] = [], machine: String = "", names: [String] = [],
        areReachableFromWAN: Bool = false
    ) {
        self.endpoints = endpoints
        self.machine = machine
        self.names = names
        self.areReachableFromWAN = areReachableFromWAN
    }

    /// One of them.
    package struct Place: Sendable, CustomStringConvertible {
        package let endpoint: Endpoint

        package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

        var host: String { endpoint.address.description }
        var port: Int { Int(endpoint.port) }
        package var description: String { endpoint.description }
    }

    package var places: [Place] { endpoints.map { Place($0) } }

    /// As they stand in an address line: what has every address is called by its name.
    var addresses: [String] {
        endpoints.map { $0.address.isAny ? "\(machine):\($0.port)" : $0.description }
    }

    /// What certificates are for, and what requests may call it.
    package var allNames: [String] {
        let local = endpoints.contains { $0.address.isLoopback } ? ["localhost"] : []
        // A machine may be called by what is no name of the DNS; no certificate can say that.
        return Set(local + [machine].filter { HostName($0) != nil } + names).sorted()
    }

    package var allAddresses: [IPAddress] {
        Set(endpoints.map(\.address).filter { !$0.isAny }).sorted()
    }

    var hosts: KnownHosts { KnownHosts(allNames + allAddresses.map(\.description)) }
}
