import Addressing
import TestKit
import Testing

/// Each block's first and last address, and those beside it.
@Suite struct `Kinds of addresses` {
    static let v4: [(String, AddressKind)] = [
        ("0.0.0.0", .unspecified), ("0.255.255.255", .unspecified), ("1.0.0.0", .global),
        ("9.255.255.255", .global), ("10.0.0.0", .siteLocal), ("10.255.255.255", .siteLocal),
        ("11.0.0.0", .global), ("100.63.255.255", .global), ("100.64.0.0", .carrier),
        ("100.127.255.255", .carrier), ("100.128.0.0", .global), ("126.255.255.255", .global),
        ("127.0.0.0", .loopback), ("127.255.255.255", .loopback), ("128.0.0.0", .global),
        ("169.253.255.255", .global), ("169.254.0.0", .linkLocal), ("169.254.255.255", .linkLocal),
        ("169.255.0.0", .global), ("172.15.255.255", .global), ("172.16.0.0", .siteLocal),
        ("172.31.255.255", .siteLocal), ("172.32.0.0", .global), ("191.255.255.255", .global),
        ("192.0.0.0", .carriedOverIPv6), ("192.0.0.5", .carriedOverIPv6),
        ("192.0.0.255", .carriedOverIPv6), ("192.0.1.0", .global), ("192.0.1.255", .global),
        ("192.0.2.0", .documentation), ("192.0.2.255", .documentation), ("192.0.3.0", .global),
        ("192.31.195.255", .global), ("192.31.196.0", .special), ("192.31.196.255", .special),
        ("192.31.197.0", .global), ("192.52.193.0", .special), ("192.52.193.255", .special),
        ("192.52.194.0", .global), ("192.88.98.255", .global), ("192.88.99.0", .special),
        ("192.88.99.255", .special), ("192.88.100.0", .global), ("192.167.255.255", .global),
        ("192.168.0.0", .siteLocal), ("192.168.255.255", .siteLocal), ("192.169.0.0", .global),
        ("192.175.48.0", .special), ("192.175.48.255", .special), ("192.175.49.0", .global),
        ("198.17.255.255", .global), ("198.18.0.0", .special), ("198.19.255.255", .special),
        ("198.20.0.0", .global), ("198.51.99.255", .global), ("198.51.100.0", .documentation),
        ("198.51.100.255", .documentation), ("198.51.101.0", .global),
        ("203.0.112.255", .global), ("203.0.113.0", .documentation),
        ("203.0.113.255", .documentation), ("203.0.114.0", .global),
        ("223.255.255.255", .global), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
        ("240.0.0.0", .special), ("255.255.255.255", .special),
    ]

    static let v6: [(String, AddressKind)] = [
        ("::", .unspecified), ("::1", .loopback), ("::2", .special), ("::ffff:8.8.8.8", .special),
        ("1fff:ffff::", .special), ("2000::", .global), ("2001::", .tunnelled),
        ("2001:0:ffff::", .tunnelled), ("2001:1::", .global), ("2001:db7:ffff::", .global),
        ("2001:db8::", .documentation), ("2001:db8:ffff::", .documentation),
        ("2001:db9::", .global), ("2002::", .tunnelled), ("2002:ffff::", .tunnelled),
        ("2003::", .global), ("3ffe:ffff::", .global), ("3fff::", .documentation),
        ("3fff:fff::", .documentation), ("3fff:1000::", .global), ("4000::", .special),
        ("fbff::", .special), ("fc00::", .siteLocal), ("fdff::", .siteLocal), ("fe00::", .special),
        ("fe80::", .linkLocal), ("febf::", .linkLocal), ("fec0::", .special),
        ("ff00::", .multicast), ("ffff::", .multicast),
    ]

    @Test(arguments: v4 + v6)
    func `the block says where an address means anything`(text: String, kind: AddressKind) throws {
        #expect(Sample.address(text).kind == kind)
    }

    @Test(arguments: AddressKind.allCases)
    func `every kind has an example`(kind: AddressKind) {
        #expect((Self.v4 + Self.v6).contains { $0.1 == kind })
    }
}
