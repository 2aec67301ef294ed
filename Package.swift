// swift-tools-version: 6.3
import PackageDescription

/// What every target of ours is compiled with: Swift 6, strict memory safety, no warning let through.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let slowHashes = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "portcullis",
    products: [
        .executable(name: "portcullis", targets: ["portcullis"]),
        .library(name: "EventCounting", type: .dynamic, targets: ["EventCounting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Pure: no clock, no randomness, no I/O.
        .target(name: "Addressing", swiftSettings: house),
        .target(name: "Forwarding", dependencies: ["Addressing"], swiftSettings: house),
        .target(
            name: "Importing", dependencies: ["Addressing", "Forwarding"], swiftSettings: house),
        .target(name: "Netlink", dependencies: ["Addressing"], swiftSettings: house),
        .target(name: "Wire", dependencies: ["Addressing"], swiftSettings: house),

        // The kernel.
        .target(
            name: "CLinux",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("resolv")]),
        .target(
            name: "LinuxKit", dependencies: ["Addressing", "Netlink", "CLinux"],
            swiftSettings: house),
        .target(
            name: "Netfilter", dependencies: ["Addressing", "Forwarding", "LinuxKit", "Netlink"],
            swiftSettings: house),
        .target(
            name: "Relay",
            dependencies: ["Addressing", "CLinux", "Forwarding", "LinuxKit", "Wire"],
            swiftSettings: house),
        .target(
            name: "Reflection", dependencies: ["Addressing", "LinuxKit", "Wire"],
            swiftSettings: house),
        .target(
            name: "Diagnosis",
            dependencies: [
                "Addressing", "Forwarding", "LinuxKit", "Netfilter", "Netlink", "Reflection",
                "Wire",
            ],
            swiftSettings: house),

        // The house.
        .target(
            name: "Access", dependencies: ["Addressing", "Forwarding", crypto, slowHashes],
            swiftSettings: house),
        .target(
            name: "Storage",
            dependencies: [
                "Access", "Addressing", "Forwarding",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .target(
            name: "Gateway", dependencies: ["Access", "Addressing", "Forwarding", "Storage", log],
            swiftSettings: house),

        // The edges.
        .target(
            name: "PortMapping",
            dependencies: [
                "Addressing", "Forwarding", "LinuxKit", "Wire", log, nioCore, nioPosix, nioHTTP,
            ],
            swiftSettings: house),
        .target(
            name: "ControlModel", dependencies: ["Addressing", "Forwarding"], swiftSettings: house),
        .target(
            name: "ControlAPI",
            dependencies: [
                "Access", "Addressing", "ControlModel", "Diagnosis", "Forwarding", "Gateway",
                "LinuxKit", "Reflection", "Storage", hummingbird, hummingbirdTLS, log, nioCore, tls,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                crypto, certificates, .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Document"), .embedInCode("Page")],
            swiftSettings: house),
        .target(
            name: "ControlClient",
            dependencies: [
                "ControlModel", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                nioCore, nioHTTP,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "portcullis",
            dependencies: [
                "Access", "Addressing", "ControlAPI", "ControlClient", "ControlModel", "Diagnosis",
                "Forwarding", "Gateway", "Importing", "LinuxKit", "Netfilter", "Netlink",
                "PortMapping", "Reflection", "Relay", "Storage",
                hummingbird,
                log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TOMLKit", package: "TOMLKit"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),

        // The benchmark; `make bench`.
        .target(
            name: "EventCounting", path: "Benchmarks/EventCounting",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .systemLibrary(name: "CPolling", path: "Benchmarks/CPolling"),
        .executableTarget(
            name: "portcullis-bench",
            dependencies: [
                "Addressing", "CLinux", "CPolling", "Forwarding", "LinuxKit", "Netfilter", "Relay",
            ],
            path: "Benchmarks/PortcullisBench", swiftSettings: house),

        // Tests: TestKit holds the lab, seeds and builders.
        .target(
            name: "TestKit", dependencies: ["Addressing", "Forwarding", "LinuxKit"],
            path: "Tests/TestKit", swiftSettings: house),
        .testTarget(
            name: "AccessTests", dependencies: ["Access", "Forwarding", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "AddressingTests", dependencies: ["Addressing", "TestKit"], swiftSettings: house),
        .testTarget(
            name: "ForwardingTests", dependencies: ["Addressing", "Forwarding", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "ImportingTests",
            dependencies: ["Addressing", "Forwarding", "Importing", "TestKit"],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "NetlinkTests", dependencies: ["Addressing", "Netlink", "TestKit"],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "WireTests", dependencies: ["Addressing", "TestKit", "Wire"], swiftSettings: house
        ),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "Addressing", "CLinux", "Forwarding", "LinuxKit", "Relay", "TestKit", "Wire",
            ],
            swiftSettings: house),
        .testTarget(
            name: "ReflectionTests",
            dependencies: ["Addressing", "LinuxKit", "Reflection", "TestKit", "Wire"],
            swiftSettings: house),
        .testTarget(
            name: "NetfilterTests",
            dependencies: [
                "Addressing", "Forwarding", "LinuxKit", "Netfilter", "Netlink", "Relay", "TestKit",
            ],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: [
                "Addressing", "Diagnosis", "Forwarding", "LinuxKit", "Netfilter", "Netlink",
                "Reflection", "TestKit",
            ],
            swiftSettings: house),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Addressing", "Forwarding", "Gateway", "Storage", "TestKit", log],
            swiftSettings: house),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Access", "Addressing", "Forwarding", "Storage", "TestKit",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "ControlModelTests",
            dependencies: ["Addressing", "ControlModel", "Forwarding", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "PortMappingTests",
            dependencies: [
                "Addressing", "Forwarding", "LinuxKit", "PortMapping", "TestKit", "Wire", log,
            ],
            swiftSettings: house),
        .testTarget(
            name: "HouseTests", dependencies: ["TestKit", "portcullis"], swiftSettings: house),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "Access", "Addressing", "ControlAPI", "Forwarding", "TestKit", "portcullis",
            ],
            swiftSettings: house),
    ]
)
