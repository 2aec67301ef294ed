import Addressing
import LinuxKit
import Netlink
import TestKit
import Testing

extension Host {
    /// All flows that this machine tracks.
    func conntrack() async throws -> [ConntrackEntry] {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            var found: [ConntrackEntry] = []
            _ = try socket.dump(
                { ConntrackRequest.dump(mark: 0, mask: 0, sequence: $0, to: &$1) },
                { message in ConntrackEntry(message).map { found.append($0) } })
            return found
        }
    }

    /// The kernel's number of the flow that a client's port began; nil when there is none.
    func flowNumber(from source: Endpoint) async throws -> UInt32? {
        try await conntrack().first {
            Endpoint($0.original.source, $0.original.sourcePort) == source
        }?.id
    }
}

/// A UDP client with a fixed port, and with it a flow that can be followed.
struct Caller {
    let wire: Wire
    let source: Endpoint

    static func on(
        _ host: Host, from address: String, port: UInt16, to external: String, _ asked: UInt16
    ) async throws -> Caller {
        let source = Sample.endpoint(address, port)
        return Caller(
            wire: try await Wire.udp(
                on: host, from: source, to: Sample.endpoint(external, asked)),
            source: source)
    }

    /// Whether a datagram gets to the server and its answer back here.
    func reaches(_ server: Wire, within limit: Int32 = 1000) throws -> Bool {
        while try wire.receive(within: 0) != nil {}
        let question = (0..<8).map { _ in UInt8.random(in: 0...255) }
        try wire.send(question)
        while let request = try server.receiveWithSource(within: limit) {
            guard request.bytes == question, let seen = request.source else { continue }
            try server.send(question, to: seen)
            return try wire.receive(within: limit) == question
        }
        return false
    }
}

extension Host {
    /// The number of the last change of the packet filter.
    func generation() async throws -> UInt32? {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            let sequence = socket.nextSequence()
            var writer = MessageWriter()
            let header = MessageHeader(
                type: NFTables.Operation.getGeneration.type, flags: .request, sequence: sequence)
            writer.message(header) { $0.fixed([0, 0, 0, 0]) }
            try socket.send(writer.bytes)
            var number: UInt32?
            _ = try socket.receive(waiting: true) { message in
                number = message.attributes(after: 4)[1]?.big32
            }
            return number
        }
    }
}

extension Host {
    /// Waits until no socket owns a table: a program that is just being started by this process
    /// holds its parent's sockets, too, until it has become another.
    func untilNobodyOwnsTables() async throws {
        let isFree = try await eventually {
            try await run {
                var socket = try NetlinkSocket(.netfilter)
                var isOwned = false
                _ = try socket.dump(
                    { sequence, writer in
                        let type = NFTables.Operation.getTable.type
                        let header = MessageHeader(
                            type: type, flags: [.request, .dump], sequence: sequence)
                        writer.message(header) { $0.fixed([NFTables.inet, 0, 0, 0]) }
                    },
                    { message in isOwned = isOwned || message.attributes(after: 4)[7] != nil })
                return !isOwned
            }
        }
        #expect(isFree)
    }
}

extension Lab {
    /// The pieces of our table as `nft` prints it, without counters and the owner, and in a fixed
    /// order; empty when there is none.
    func listing() throws -> [String] {
        guard try gateway.shell("nft list tables").contains("inet portcullis") else { return [] }
        let text = try gateway.shell("nft -s list table inet portcullis")
        return text.split { "\n,{}".contains($0) }
            .map { String($0.drop { "\t ".contains($0) }) }
            .map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }
            // The kernel gives a set its limit when the first rule that fills it is read, also when
            // the transaction around that rule fails.
            .filter { !["", "size 65535"].contains($0) && !$0.hasPrefix("# progname") }.sorted()
    }
}
