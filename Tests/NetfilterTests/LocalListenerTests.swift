import Addressing
import LinuxKit
import Netlink
import TestKit
import Testing

@Suite struct `Programs that listen` {
    private func inode(of port: UInt16, on host: Host) async throws -> UInt32? {
        try await host.run { try LocalListeners.read().first { $0.port == port }?.inode }
    }

    @Test func `this process knows its own sockets, as long as it holds them`() async throws {
        try await Lab.with { lab in
            var wire: Wire? = try await Wire.listening(.tcp, on: lab.gateway, 7001)
            let inode = try #require(try await inode(of: 7001, on: lab.gateway))
            #expect(LocalListeners.own().contains(inode))
            withExtendedLifetime(wire) {}
            wire = nil
            #expect(!LocalListeners.own().contains(inode))
        }
    }
}
