import Addressing
import TestKit
import Wire

/// Bodies of recorded exchanges, byte for byte.
enum UPnPVectors {
    static let connection = "urn:schemas-upnp-org:service:WANIPConnection:1"
    static let firewall = "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1"

    static func envelope(_ content: String) -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>\r
        <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
        s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>\(content)</s:Body>\
        </s:Envelope>\r

        """
    }

    static func message(_ name: String, _ urn: String, _ content: String = "") -> String {
        envelope("<u:\(name) xmlns:u=\"\(urn)\">\(content)</u:\(name)>")
    }

    static func mapping(_ protocolName: String = "TCP") -> String {
        "<NewRemoteHost></NewRemoteHost><NewExternalPort>51413</NewExternalPort>"
            + "<NewProtocol>\(protocolName)</NewProtocol><NewInternalPort>51413</NewInternalPort>"
            + "<NewInternalClient>192.168.1.10</NewInternalClient><NewEnabled>1</NewEnabled>"
            + "<NewPortMappingDescription>Transmission at 51413</NewPortMappingDescription>"
            + "<NewLeaseDuration>0</NewLeaseDuration>"
    }

    static let u5 = message("AddPortMapping", connection, mapping())
    static let u6 = message("AddPortMappingResponse", connection)
    static let u7 = fault(718, "ConflictInMappingEntry")
    static let u8 = message("GetExternalIPAddress", connection)
    static let u9 = message(
        "GetExternalIPAddressResponse", connection,
        "<NewExternalIPAddress>203.0.113.5</NewExternalIPAddress>")
    static let u10 = message(
        "AddPinhole", firewall,
        "<RemoteHost></RemoteHost><RemotePort>0</RemotePort>"
            + "<InternalClient>2001:db8:1::10</InternalClient><InternalPort>8080</InternalPort>"
            + "<Protocol>6</Protocol><LeaseTime>3600</LeaseTime>")
    static let u11 = message("AddPinholeResponse", firewall, "<UniqueID>7</UniqueID>")
    static let u14 =
        "<?xml version=\"1.0\"?>\r\n"
        + "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\">"
        + "<e:property><PossibleConnectionTypes>IP_Routed</PossibleConnectionTypes></e:property>"
        + "<e:property><ConnectionStatus>Connected</ConnectionStatus></e:property>"
        + "<e:property><ExternalIPAddress>203.0.113.5</ExternalIPAddress></e:property>"
        + "<e:property><PortMappingNumberOfEntries>1</PortMappingNumberOfEntries></e:property>"
        + "</e:propertyset>\r\n"
    static let u16 =
        "<?xml version=\"1.0\"?>"
        + "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\">"
        + "<SOAP-ENV:Body><m:DeletePortMapping xmlns:m=\"\(connection)\">"
        + "<NewProtocol>udp</NewProtocol><NewExternalPort> 3074 </NewExternalPort>"
        + "</m:DeletePortMapping></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    static let u17 =
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
        + "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
        + "<u:GetExternalIPAddress xmlns:u=\"\(connection)\">&a;</u:GetExternalIPAddress>"
        + "</s:Body></s:Envelope>"

    static func fault(_ code: Int, _ text: String) -> String {
        envelope(
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
                + "<detail><UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\">"
                + "<errorCode>\(code)</errorCode><errorDescription>\(text)</errorDescription>"
                + "</UPnPError></detail></s:Fault>")
    }
}

extension String {
    var octets: [UInt8] { Array(utf8) }
}

extension IPv4Address {
    static func sample(_ text: String) -> IPv4Address { Sample.address(text).v4 ?? .any }
}

extension IPv6Address {
    static func sample(_ text: String) -> IPv6Address { Sample.address(text).v6 ?? .any }
}
