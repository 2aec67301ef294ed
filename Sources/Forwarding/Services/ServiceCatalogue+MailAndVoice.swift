import Addressing

extension ServiceCatalogue {
    /// Mail, chat and telephony.
    static let mailAndVoice: [KnownService] = [
        KnownService(
            ["smtp", "mail"], "SMTP", [ServicePorts(25, .tcp)], .allowList,
            "an open relay sends spam; many providers block it",
            instead: "a hosted mail server or a smarthost"),
        KnownService(
            ["submission"], "Mail submission", [ServicePorts(587, .tcp)], .fine,
            "passwords are guessed", instead: "TLS, and a ban after failed sign-ins"),
        KnownService(
            ["smtps", "submissions"], "Mail submission over TLS", [ServicePorts(465, .tcp)], .fine,
            "passwords are guessed", instead: "a ban after failed sign-ins"),
        KnownService(
            ["imaps"], "IMAP over TLS", [ServicePorts(993, .tcp)], .fine,
            "passwords are guessed", instead: "a VPN, or a ban after failed sign-ins"),
        KnownService(
            ["imap"], "IMAP in the clear", [ServicePorts(143, .tcp)], .never,
            "passwords travel readable", instead: "IMAP over TLS on 993"),
        KnownService(
            ["pop3s"], "POP3 over TLS", [ServicePorts(995, .tcp)], .fine,
            "passwords are guessed", instead: "IMAP over TLS on 993"),
        KnownService(
            ["pop3"], "POP3 in the clear", [ServicePorts(110, .tcp)], .never,
            "passwords travel readable", instead: "IMAP over TLS on 993"),
        KnownService(
            ["sip", "voip"], "SIP", [ServicePorts(5060, .tcpAndUDP)], .allowList,
            "scanned all day, calls go out at your cost",
            instead: "registering outwards, or the provider's addresses"),
        KnownService(
            ["sips", "sip-tls"], "SIP over TLS", [ServicePorts(5061, .tcp)], .allowList,
            "guessed passwords call at your cost",
            instead: "registering outwards, or the provider's addresses"),
        KnownService(
            ["asterisk-ami", "ami"], "Asterisk manager (AMI)", [ServicePorts(5038, .tcp)], .never,
            "controls the telephone system, in clear text", instead: "keep it on the LAN"),
        KnownService(
            ["teamspeak", "teamspeak3", "ts3"], "TeamSpeak 3",
            [ServicePorts(9987, .udp), ServicePorts(30033, .tcp)], .fine,
            "voice and files only, the query port stays closed", instead: "a server password"),
        KnownService(
            ["teamspeak-query"], "TeamSpeak 3 query",
            [ServicePorts(10011, .tcp), ServicePorts(10022, .tcp)], .never,
            "administrator passwords are guessed there", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["mumble", "murmur"], "Mumble", [ServicePorts(64738, .tcpAndUDP)], .fine,
            "encrypted, and users can have certificates", instead: "a server password"),
        KnownService(
            ["xmpp", "jabber"], "XMPP", [ServicePorts(5222, .tcp), ServicePorts(5269, .tcp)], .fine,
            "other servers may send spam", instead: "client port only, without federation"),
        KnownService(
            ["matrix", "synapse"], "Matrix federation", [ServicePorts(8448, .tcp)], .fine,
            "other servers may send spam", instead: "delegation to 443"),
    ]
}
