import Addressing
import Forwarding
import Wire

/// Everything that is behind the HTTP port: from a request to a response, without a socket.
struct UPnPSite: Sendable {
    let control: IGDControl
    let events: EventHub
    let settings: MappingSettings
    let offer: IGDOffer
    /// How we call ourselves: `Linux UPnP/1.1 Portcullis/1`.
    let server: String

    func respond(to request: WebRequest) async -> WebResponse {
        var response: WebResponse
        do throws(WebRefusal) {
            try check(request)
            response = try await respond(to: request, try route(of: request))
        } catch { response = error.response(server) }
        if request.method == "HEAD" { response.body = [] }
        return response
    }

    /// Keeps web pages away: they reach us by a name, or say where they come from.
    private func check(_ request: WebRequest) throws(WebRefusal) {
        let caller = request.caller
        guard caller.lan.holds(caller.host), request.head["Origin"] == nil else {
            throw .forbidden
        }
        let hosts = request.head.fields.filter { $0.name.lowercased() == "host" }
        guard let host = hosts.first else {
            guard request.isOld else { throw .badRequest }
            return
        }
        guard hosts.count == 1 else { throw .badRequest }
        let isOurs = OwnLiteral.matches(
            host.value, addresses: caller.lan.addresses, port: settings.upnpPort)
        guard isOurs else { throw .forbidden }
    }

    private func route(of request: WebRequest) throws(WebRefusal) -> UPnPRoute {
        do throws(UPnPRouteRefusal) {
            return try UPnPRoute.find(request.method, request.path, offer)
        } catch {
            switch error {
            case .notFound: throw .notFound
            case .notAllowed(let methods): throw .notAllowed(methods)
            case .notImplemented: throw .notImplemented
            }
        }
    }

    private func respond(
        to request: WebRequest, _ route: UPnPRoute
    ) async throws(WebRefusal) -> WebResponse {
        switch route {
        case .deviceDescription(let asked):
            let face = asked == .one ? .one : face(of: request)
            return document(DeviceDescription(control.identity, face, offer).bytes)
        case .serviceDescription(let type): return document(type.description)
        case .control(let service): return try await answer(request, at: service)
        case .events(let service, let method):
            return try await subscribe(request, method, service)
        }
    }

    private func face(of request: WebRequest) -> IGDFace {
        guard !settings.isAlwaysFirstVersion else { return .one }
        return IGDFace(userAgent: request.head["User-Agent"])
    }

    private func document(_ bytes: [UInt8]) -> WebResponse {
        let head = MessageHead(
            "HTTP/1.1 200 OK",
            [
                ("Content-Type", "text/xml; charset=\"utf-8\""),
                ("Content-Length", "\(bytes.count)"), ("Connection", "close"), ("Server", server),
            ])
        return WebResponse(head, body: bytes)
    }

    private func answer(
        _ request: WebRequest, at service: IGDService
    ) async throws(WebRefusal) -> WebResponse {
        guard let text = request.head["SOAPAction"], let header = SOAPActionHeader(text) else {
            throw .badRequest
        }
        let answer: SOAPAnswer
        do throws(SOAPRefusal) {
            let call = try SOAPRequest.read(request.body, header, at: service)
            answer = await control.answer(call, from: request.caller)
        } catch {
            switch error {
            case .badRequest: throw .badRequest
            case .fault(let fault): answer = .fault(fault)
            }
        }
        let body = answer.body
        return WebResponse(answer.head(length: body.count, server: server), body: body)
    }

    private func subscribe(
        _ request: WebRequest, _ method: GENARequest.Method, _ service: IGDService
    ) async throws(WebRefusal) -> WebResponse {
        let wish: GENARequest
        do throws(GENARefusal) {
            wish = try GENARequest.read(
                method, request.head, from: request.caller.host, own: request.caller.lan.addresses)
        } catch { throw error == .badRequest ? .badRequest : .preconditionFailed }
        let type = face(of: request).version(of: service) ?? service.newest
        switch wish {
        case .subscribe(let callback, let timeout):
            let found = await events.subscribe(type, callback, request.caller, for: timeout)
            guard let id = found else { throw .unavailable }
            return await accepted(id, timeout, isNew: true)
        case .renew(let id, let timeout):
            guard await events.renew(id, request.caller.host, for: timeout) else {
                throw .preconditionFailed
            }
            return await accepted(id, timeout, isNew: false)
        case .cancel(let id):
            guard await events.cancel(id, request.caller.host) else { throw .preconditionFailed }
            return WebResponse(
                MessageHead(
                    "HTTP/1.1 200 OK",
                    [("SERVER", server), ("CONTENT-LENGTH", "0"), ("Connection", "close")]))
        }
    }

    private func accepted(
        _ id: GENASubscriptionID, _ timeout: UInt32, isNew: Bool
    ) async -> WebResponse {
        let date = HTTPDate.text(await control.desk.standing().now.seconds)
        return WebResponse(
            id.accepted(timeout: timeout, date: date, server: server), begins: isNew ? id : nil)
    }
}
