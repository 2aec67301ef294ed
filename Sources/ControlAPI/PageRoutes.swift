import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// The page's files, which are part of the program.
///
/// Browsers ask each time whether what they have is still right: a gateway that was updated never shows
/// half of an old page.
struct PageRoutes {
    private let files: [String: PageFile]

    init() {
        files = Dictionary(PageFile.all.map { ($0.name, $0) }) { first, _ in first }
    }

    func add(to router: Router<ControlContext>) {
        router.get("/") { request, _ in try answer("index.html", request) }
        router.get("page/:file") { request, context in
            try answer(context.parameters.get("file") ?? "", request)
        }
    }

    private func answer(_ name: String, _ request: Request) throws -> Response {
        guard let file = files[name] else { throw HTTPError(.notFound) }
        let headers: HTTPFields = [
            .eTag: file.tag, .cacheControl: "no-cache", .contentType: file.type,
        ]
        guard request.headers[.ifNoneMatch] != file.tag else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}

/// One file of the page.
struct PageFile: Sendable {
    let name: String
    let bytes: [UInt8]
    /// Of its content, so that another content is another one.
    let tag: String

    init(_ name: String, _ bytes: [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
        let hash = SHA256.hash(data: bytes).prefix(8)
        let digits = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        tag = "\"\(digits)\""
    }

    var type: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json", "webmanifest": "application/json"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }

    /// Every file of the folder `Page`; a test sees that none is missing.
    static let all = [
        PageFile("access.js", PackageResources.access_js),
        PageFile("account.js", PackageResources.account_js),
        PageFile("activity.js", PackageResources.activity_js),
        PageFile("api.js", PackageResources.api_js),
        PageFile("app.js", PackageResources.app_js),
        PageFile("attention.js", PackageResources.attention_js),
        PageFile("change.js", PackageResources.change_js),
        PageFile("chart.js", PackageResources.chart_js),
        PageFile("combobox.js", PackageResources.combobox_js),
        PageFile("devices.js", PackageResources.devices_js),
        PageFile("dom.js", PackageResources.dom_js),
        PageFile("early.js", PackageResources.early_js),
        PageFile("editor.js", PackageResources.editor_js),
        PageFile("editorForm.js", PackageResources.editorForm_js),
        PageFile("endtime.js", PackageResources.endtime_js),
        PageFile("fields.js", PackageResources.fields_js),
        PageFile("flows.js", PackageResources.flows_js),
        PageFile("format.js", PackageResources.format_js),
        PageFile("forward.js", PackageResources.forward_js),
        PageFile("forwardRow.js", PackageResources.forwardRow_js),
        PageFile("forwards.js", PackageResources.forwards_js),
        PageFile("icon.svg", PackageResources.icon_svg),
        PageFile("icons.js", PackageResources.icons_js),
        PageFile("index.html", PackageResources.index_html),
        PageFile("live.js", PackageResources.live_js),
        PageFile("notice.js", PackageResources.notice_js),
        PageFile("opening.js", PackageResources.opening_js),
        PageFile("overview.js", PackageResources.overview_js),
        PageFile("page.css", PackageResources.page_css),
        PageFile("requests.js", PackageResources.requests_js),
        PageFile("settings.js", PackageResources.settings_js),
        PageFile("shell.js", PackageResources.shell_js),
        PageFile("signin.js", PackageResources.signin_js),
        PageFile("spans.js", PackageResources.spans_js),
        PageFile("spelling.js", PackageResources.spelling_js),
        PageFile("store.js", PackageResources.store_js),
        PageFile("tableFile.js", PackageResources.tableFile_js),
        PageFile("tokens.js", PackageResources.tokens_js),
        PageFile("trace.js", PackageResources.trace_js),
        PageFile("windowed.js", PackageResources.windowed_js),
        PageFile("words.js", PackageResources.words_js),
    ]
}
