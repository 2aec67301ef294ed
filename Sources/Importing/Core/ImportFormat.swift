package import Forwarding

/// What a file of another program is written in.
package enum ImportFormat: String, Hashable, Sendable, CaseIterable {
    case iptables, nft, openwrt, docker, firewalld, miniupnpd, rinetd, haproxy, nginx

    /// What the file is called among those who use it.
    package var title: String {
        switch self {
        case .iptables: "iptables-save or ip6tables-save"
        case .nft: "nft list ruleset"
        case .openwrt: "/etc/config/firewall of OpenWrt"
        case .docker: "docker ps"
        case .firewalld: "a zone of firewalld, or firewall-cmd --list-all"
        case .miniupnpd: "the lease file of miniupnpd"
        case .rinetd: "rinetd.conf"
        case .haproxy: "haproxy.cfg"
        case .nginx: "nginx.conf with a stream block"
        }
    }

    /// Reads a whole file.
    ///
    /// What stands in it is carried over or remarked on; any text is read to its end.
    package func read(_ text: String, _ options: ImportOptions = ImportOptions()) -> ImportedFile {
        let lines = SourceLine.all(of: text)
        var carriage = Carriage(now: options.now)
        switch self {
        case .iptables: IptablesReader.read(lines, &carriage)
        case .nft: NftReader.read(lines, &carriage)
        case .openwrt: OpenWrtReader.read(lines, &carriage)
        case .docker: DockerReader.read(lines, options.dockerHost, &carriage)
        case .firewalld: FirewalldReader.read(lines, &carriage)
        case .miniupnpd: MiniupnpdReader.read(lines, &carriage)
        case .rinetd: RinetdReader.read(lines, &carriage)
        case .haproxy: HAProxyReader.read(lines, &carriage)
        case .nginx: NginxReader.read(lines, &carriage)
        }
        return carriage.file
    }
}

/// What a file does not say by itself.
package struct ImportOptions: Hashable, Sendable {
    /// The machine that Docker runs on, as the gateway reaches it.
    package var dockerHost: TargetHost?
    /// What has ended by then is not carried over; nil takes everything.
    package var now: Timestamp?

    package init(dockerHost: TargetHost? = nil, now: Timestamp? = nil) {
        self.dockerHost = dockerHost
        self.now = now
    }
}
