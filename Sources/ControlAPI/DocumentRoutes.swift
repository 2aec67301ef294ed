import Hummingbird
import NIOCore

/// The OpenAPI document, which is part of the program.
struct DocumentRoutes {
    private static let document = ByteBuffer(bytes: PackageResources.openapi_json)

    func add(to group: RouterGroup<ControlContext>) {
        group.get("openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: Self.document))
        }
    }
}
