extension SOAPAnswer {
    /// The head of the HTTP answer around a body.
    package func head(length: Int, server: String) -> MessageHead {
        MessageHead(
            status == 200 ? "HTTP/1.1 200 OK" : "HTTP/1.1 500 Internal Server Error",
            [
                ("Content-Type", "text/xml; charset=\"utf-8\""), ("Content-Length", "\(length)"),
                ("Connection", "close"), ("Server", server), ("Ext", ""),
            ])
    }
}

extension SOAPQuestion {
    /// The whole request to a control URL.
    package func bytes(to url: LocalURL) -> [UInt8] {
        let body = body
        let head = MessageHead(
            "POST \(url.path) HTTP/1.1",
            [
                ("Host", "\(url.endpoint)"), ("Content-Length", "\(body.count)"),
                ("Content-Type", "text/xml; charset=\"utf-8\""), ("SOAPAction", header.text),
                ("Connection", "close"),
            ])
        return head.bytes + body
    }
}
