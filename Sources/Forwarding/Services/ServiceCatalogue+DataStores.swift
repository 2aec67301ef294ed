import Addressing

extension ServiceCatalogue {
    /// Databases, caches, message brokers and cluster parts.
    static let dataStores: [KnownService] = [
        KnownService(
            ["mysql", "mariadb"], "MySQL, MariaDB", [ServicePorts(3306, .tcp)], .never,
            "passwords are guessed, data wiped for ransom", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["mysqlx"], "MySQL X protocol", [ServicePorts(33060, .tcp)], .never,
            "passwords are guessed, data wiped for ransom", instead: "a VPN or an SSH tunnel"),
        KnownService(
            ["postgresql", "postgres"], "PostgreSQL", [ServicePorts(5432, .tcp)], .never,
            "passwords are guessed; an admin can run programs", instead: "a VPN"),
        KnownService(
            ["mssql", "sql-server"], "Microsoft SQL Server", [ServicePorts(1433, .tcp)], .never,
            "a guessed password runs commands on the host", instead: "a VPN"),
        KnownService(
            ["mssql-browser"], "SQL Server Browser", [ServicePorts(1434, .udp)], .never,
            "amplifies attacks", instead: "a VPN"),
        KnownService(
            ["oracle", "oracle-db"], "Oracle Database", [ServicePorts(1521, .tcp)], .never,
            "its listener can be made to hand over sessions", instead: "a VPN"),
        KnownService(
            ["mongodb", "mongo"], "MongoDB", [ServicePorts(27017, .tcp)], .never,
            "often set up without a password, then held for ransom", instead: "a VPN"),
        KnownService(
            ["mongodb-cluster"], "MongoDB shards", [ServicePorts(27018, 27019, .tcp)], .never,
            "often set up without a password, then held for ransom", instead: "a VPN"),
        KnownService(
            ["redis", "valkey"], "Redis, Valkey", [ServicePorts(6379, .tcp)], .never,
            "no password by default, and it can write files", instead: "a VPN"),
        KnownService(
            ["memcached"], "Memcached", [ServicePorts(11211, .tcpAndUDP)], .never,
            "amplifies attacks by tens of thousands", instead: "bind it to localhost"),
        KnownService(
            ["elasticsearch", "opensearch"], "Elasticsearch", [ServicePorts(9200, .tcp)], .never,
            "leaks everything when it has no sign-in", instead: "a VPN"),
        KnownService(
            ["elasticsearch-transport"], "Elasticsearch between nodes",
            [ServicePorts(9300, .tcp)], .never,
            "leaks everything when it has no sign-in", instead: "a VPN"),
        KnownService(
            ["couchdb"], "CouchDB", [ServicePorts(5984, .tcp)], .never,
            "has run strangers' code before", instead: "a VPN"),
        KnownService(
            ["influxdb"], "InfluxDB", [ServicePorts(8086, .tcp)], .allowList,
            "its sign-in was bypassed before", instead: "a VPN"),
        KnownService(
            ["etcd"], "etcd", [ServicePorts(2379, 2380, .tcp)], .never,
            "holds the secrets of a cluster", instead: "keep it in the cluster's network"),
        KnownService(
            ["zookeeper"], "ZooKeeper", [ServicePorts(2181, .tcp)], .never,
            "asks for no password", instead: "keep it in the cluster's network"),
        KnownService(
            ["consul"], "Consul", [ServicePorts(8500, .tcp)], .never,
            "asks for no password and holds secrets", instead: "keep it in the cluster's network"),
        KnownService(
            ["docker", "docker-api"], "Docker API", [ServicePorts(2375, .tcp)], .never,
            "root on the host at once, found by coin miners", instead: "an SSH context"),
        KnownService(
            ["docker-tls"], "Docker API over TLS", [ServicePorts(2376, .tcp)], .never,
            "root on the host for whoever has a certificate", instead: "an SSH context, or a VPN"),
        KnownService(
            ["kubernetes", "kubernetes-api", "k8s"], "Kubernetes API",
            [ServicePorts(6443, .tcp)], .allowList,
            "controls the whole cluster", instead: "a VPN"),
        KnownService(
            ["kubelet"], "Kubelet", [ServicePorts(10250, .tcp)], .never,
            "runs commands in every container of the node", instead: "a VPN"),
        KnownService(
            ["kubelet-read-only"], "Kubelet (read only)", [ServicePorts(10255, .tcp)], .never,
            "tells what runs in the cluster, without sign-in", instead: "a VPN"),
        KnownService(
            ["rabbitmq", "amqp"], "RabbitMQ", [ServicePorts(5672, .tcp)], .never,
            "a default guest account, and clear text",
            instead: "TLS with client certificates, or a VPN"),
        KnownService(
            ["rabbitmq-ui"], "RabbitMQ management", [ServicePorts(15672, .tcp)], .never,
            "a default guest account", instead: "a VPN"),
        KnownService(
            ["mqtt", "mosquitto"], "MQTT", [ServicePorts(1883, .tcp)], .never,
            "passwords and messages travel readable", instead: "MQTT over TLS, or a VPN"),
        KnownService(
            ["mqtts", "mqtt-tls"], "MQTT over TLS", [ServicePorts(8883, .tcp)], .allowList,
            "a guessed password controls the devices", instead: "client certificates or a VPN"),
        KnownService(
            ["kafka"], "Kafka", [ServicePorts(9092, .tcp)], .never,
            "clear text and no sign-in by default",
            instead: "TLS with client certificates, or a VPN"),
        KnownService(
            ["iscsi"], "iSCSI", [ServicePorts(3260, .tcp)], .never,
            "hands out whole disks", instead: "a storage VLAN"),
        KnownService(
            ["ldap", "active-directory"], "LDAP", [ServicePorts(389, .tcpAndUDP)], .never,
            "carries passwords, and over UDP amplifies attacks", instead: "a VPN"),
        KnownService(
            ["ldaps"], "LDAP over TLS", [ServicePorts(636, .tcp)], .never,
            "passwords of the whole directory are guessed there", instead: "a VPN"),
        KnownService(
            ["kerberos"], "Kerberos",
            [ServicePorts(88, .tcpAndUDP), ServicePorts(464, .tcpAndUDP)], .never,
            "tickets are taken away and cracked at leisure", instead: "a VPN"),
    ]
}
