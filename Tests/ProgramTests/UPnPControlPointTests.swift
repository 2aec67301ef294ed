import Addressing
import Foundation
import TestKit
import Testing

/// Control points that listen as well as ask: GUPnP of GNOME, and async-upnp-client of Home Assistant.
@Suite struct `Control points of UPnP` {
    private static let served = ["--wan", "wan0", "--mapping", "upnp"]
    private let outside = Sample.endpoint("203.0.113.5", 50_001)

    /// Python with what `scripts/install-python-packages` has put beside the build.
    private static let python = projectFolder.appending(path: ".build/python/bin/python").path
    private static let client = [
        python, "-uc", "print('begun'); from async_upnp_client.cli import main; main()",
    ]

    private func route(_ hosts: TestKit.Host...) throws {
        for host in hosts { try host.shell("ip route add 239.0.0.0/8 dev eth0") }
    }

    @Test func `async-upnp-client searches, calls, and finds nothing amiss`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let found = try lab.lan1.command(
                ["timeout", "-s", "KILL", "60"] + Self.client
                    + ["search", "--bind", "192.168.7.10", "--search_target", "upnp:rootdevice"])
            #expect(
                found.output.contains("\"LOCATION\": \"http://192.168.7.1:49000/rootDesc.xml\""),
                "\(found.errors)")
            for (call, answer) in [
                ("WANIPConn1/GetExternalIPAddress", "\"NewExternalIPAddress\": \"203.0.113.5\""),
                ("WANIPConn1/GetStatusInfo", "\"NewConnectionStatus\": \"Connected\""),
                ("WANPPPConn1/GetExternalIPAddress", "\"203.0.113.5\""),
                ("WANCommonIFC1/GetCommonLinkProperties", "\"NewPhysicalLinkStatus\": \"Up\""),
                ("WANIPv6Firewall1/GetFirewallStatus", "\"FirewallEnabled\": true"),
                ("L3Forwarding1/GetDefaultConnectionService", "WANIPConn1"),
            ] {
                // Strict: it minds everything that the description does not say.
                let said = try lab.lan1.command(
                    Self.client + [
                        "--strict", "--timeout", "60", "call-action",
                        "http://192.168.7.1:49000/rootDesc.xml", call,
                    ])
                #expect(said.output.contains(answer), "\(call): \(said.output)\(said.errors)")
            }
            withExtendedLifetime(gateway) {}
        }
    }

    @Test func `its profile of a gateway maps, is told of it, and reads all figures at once`()
        async throws
    {
        try await Lab.with { lab in
            try route(lab.lan1)
            let server = try await Echo("async", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let talk = try await BackgroundProcess(
                [Self.python, "-uc", Self.profile], on: lab.lan1, ready: "mapped")
            #expect(try await asks(outside, from: lab.internet) == "async")
            let isSeen = try await eventually(within: 300) { try talk.text().contains("figures") }
            #expect(isSeen)
            // The operator takes it away, and the device hears of it.
            try gateway.done("remove", "upnp-50001-tcp")
            let isTold = try await eventually(within: 300) { try talk.text().contains("ended") }
            #expect(isTold)
            let said = try talk.text()
            #expect(said.contains("first 203.0.113.5 Connected 0\n"), "\(said)")
            #expect(said.contains("entry 192.168.7.10 9001 async\n"), "\(said)")
            #expect(said.contains("figures 7 of 7\n"), "\(said)")
            talk.end(by: SIGKILL)
            withExtendedLifetime(server) {}
        }
    }

    private static let profile = """
        import asyncio
        from ipaddress import IPv4Address
        from datetime import timedelta
        from async_upnp_client.aiohttp import AiohttpRequester, AiohttpNotifyServer
        from async_upnp_client.client_factory import UpnpFactory
        from async_upnp_client.profiles.igd import IgdDevice
        async def main():
            requester = AiohttpRequester(timeout=60)
            device = await UpnpFactory(requester).async_create_device("http://192.168.7.1:49000/rootDesc.xml")
            server = AiohttpNotifyServer(requester, source=("192.168.7.10", 0))
            await server.async_start_server()
            igd = IgdDevice(device, server.event_handler)
            events = asyncio.Queue()
            igd.on_event = lambda service, changed: events.put_nowait({v.name: v.value for v in changed})
            await igd.async_subscribe_services()
            async def told(count):
                while True:
                    event = await events.get()
                    if event.get("PortMappingNumberOfEntries") == count: return event
            first = await told(0)
            print("first", first["ExternalIPAddress"], first["ConnectionStatus"], 0)
            anywhere, own = IPv4Address("0.0.0.0"), IPv4Address("192.168.7.10")
            await igd.async_add_port_mapping(remote_host=anywhere, external_port=50001, protocol="TCP", internal_port=9001, internal_client=own, enabled=True, description="async", lease_duration=timedelta(seconds=600))
            await told(1)
            entry = await igd.async_get_specific_port_mapping_entry(anywhere, 50001, "TCP")
            print("entry", entry.internal_client, entry.internal_port, entry.description)
            print("mapped")
            state = await igd.async_get_traffic_and_status_data()
            figures = [state.bytes_received, state.bytes_sent, state.packets_received, state.packets_sent, state.connection_status, state.external_ip_address, state.uptime]
            print("figures", sum(not isinstance(x, Exception) and x is not None for x in figures), "of", len(figures))
            await told(0)
            print("ended")
            await asyncio.Event().wait()
        asyncio.run(main())
        """

    @Test func `its listener hears of other addresses, and not of other networks' troubles`()
        async throws
    {
        try await Lab.with { lab in
            try lab.gateway.shell("ip addr flush dev guest0")
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let listener = try await BackgroundProcess(
                Self.client + ["advertisements", "--bind", "192.168.7.10"], on: lab.lan1,
                ready: "begun")
            func hears(_ parts: String...) async throws -> Bool {
                try await eventually(within: 300) {
                    try listener.text().split(separator: "\n").contains { line in
                        parts.allSatisfy { line.contains($0) }
                    }
                }
            }
            // The kernel knows when it listens.
            let isListening = try await eventually(within: 300) {
                try lab.lan1.shell("ss -Hlun 'sport = 1900'").contains("1900")
            }
            #expect(isListening)
            try lab.gateway.shell("ip addr add 192.168.9.1/24 dev guest0")
            #expect(try await hears("ssdp:update", "NEXTBOOTID.UPNP.ORG", "192.168.7.1:49000"))
            #expect(try await hears("ssdp:alive", "192.168.7.1:49000"))
            let since = try listener.text().split(separator: "ssdp:update", maxSplits: 1).last
            #expect(since?.contains("ssdp:byebye") == false)
            let isServed = try await eventually(within: 300) {
                try page(lab.guest, "192.168.9.1").contains("InternetGatewayDevice:2")
            }
            #expect(isServed)
            try lab.gateway.shell(
                "ip addr del 192.168.7.1/24 dev br0; ip addr add 192.168.7.2/24 dev br0")
            #expect(try await hears("ssdp:alive", "http://192.168.7.2:49000/rootDesc.xml"))
            #expect(try page(lab.lan1, "192.168.7.2").contains("InternetGatewayDevice:2"))
            #expect(gateway.isRunning)
            listener.end(by: SIGKILL)
        }
    }

    @Test func `GUPnP reads all of the service, asks, maps, and is told`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1)
            let server = try await Echo("gupnp", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let talk = try await BackgroundProcess(
                ["/usr/bin/python3", "-uc", Self.gupnp], on: lab.lan1, ready: "mappings 1")
            #expect(try await asks(outside, from: lab.internet) == "gupnp")
            let said = try talk.text()
            #expect(said.contains("at http://192.168.7.1:49000/rootDesc.xml\n"))
            for (action, arguments) in [
                ("SetConnectionType", 1), ("GetConnectionTypeInfo", 2), ("RequestConnection", 0),
                ("ForceTermination", 0), ("GetStatusInfo", 3), ("GetNATRSIPStatus", 2),
                ("GetGenericPortMappingEntry", 9), ("GetSpecificPortMappingEntry", 8),
                ("AddPortMapping", 8), ("DeletePortMapping", 3), ("GetExternalIPAddress", 1),
                ("DeletePortMappingRange", 4), ("GetListOfPortMappings", 6),
                ("AddAnyPortMapping", 9),
            ] {
                #expect(said.contains("action \(action) \(arguments)\n"))
            }
            #expect(!said.contains("no variable"))
            #expect(
                said.contains(
                    "evented PossibleConnectionTypes ConnectionStatus ExternalIPAddress "
                        + "PortMappingNumberOfEntries SystemUpdateID\n"), "\(said)")
            #expect(said.contains("asked 203.0.113.5\n"))
            #expect(said.contains("told 203.0.113.5\n"))
            #expect(said.contains("mappings 0\n"))
            // What changes without its doing is told as well.
            try gateway.done("remove", "upnp-50001-tcp")
            let isTold = try await eventually(within: 300) {
                try talk.text().contains("mappings 1\nmappings 0\n")
            }
            #expect(isTold)
            talk.end(by: SIGKILL)
            withExtendedLifetime(server) {}
        }
    }

    private static let gupnp = """
        import gi
        gi.require_version("GUPnP", "1.6")
        from gi.repository import GUPnP, GLib, GObject
        kinds = {str: GObject.TYPE_STRING, bool: GObject.TYPE_BOOLEAN, int: GObject.TYPE_UINT}
        point = GUPnP.ControlPoint.new(GUPnP.Context.new("eth0", 0), "urn:schemas-upnp-org:service:WANIPConnection:2")
        proxies, asked = [], []
        def call(proxy, name, **given):
            values = [GObject.Value(kinds[type(x)], x) for x in given.values()]
            return proxy.call_action(GUPnP.ServiceProxyAction.new_from_list(name, list(given), values), None)
        def told(proxy, name, value, data=None):
            print("told" if name == "ExternalIPAddress" else "mappings", value)
            if name == "PortMappingNumberOfEntries" and not asked:
                asked.append(1)
                call(proxy, "AddPortMapping", NewRemoteHost="", NewExternalPort=50001, NewProtocol="TCP", NewInternalPort=9001, NewInternalClient="192.168.7.10", NewEnabled=True, NewPortMappingDescription="gupnp", NewLeaseDuration=600)
        def read(proxy, result, data=None):
            found = proxy.introspect_finish(result)
            names = [v.name for v in found.list_state_variables()]
            for a in found.list_actions():
                print("action", a.name, len(a.arguments))
                for x in a.arguments:
                    if x.related_state_variable not in names: print("no variable", x.name)
            print("evented", *[v.name for v in found.list_state_variables() if v.send_events])
            print("asked", *call(proxy, "GetExternalIPAddress").get_result_list(["NewExternalIPAddress"], [GObject.TYPE_STRING])[1])
            proxy.add_notify("ExternalIPAddress", GObject.TYPE_STRING, told, None)
            proxy.add_notify("PortMappingNumberOfEntries", GObject.TYPE_UINT, told, None)
            proxy.set_subscribed(True)
        def seen(point, proxy):
            if proxies: return
            proxies.append(proxy)
            print("at", proxy.get_location())
            proxy.introspect_async(None, read, None)
        point.connect("service-proxy-available", seen)
        point.set_active(True)
        GLib.MainLoop().run()
        """

    private func page(_ host: TestKit.Host, _ address: String) throws -> String {
        try host.command([
            "curl", "-sS", "--max-time", "20", "http://\(address):49000/rootDesc.xml",
        ]).output
    }
}
