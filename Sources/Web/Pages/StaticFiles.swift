import Cryptography
import HTTPTypes
import Hummingbird
import NIOCore

/// The files built into the program, as text.
enum Resource {
    static var wording: String { text(PackageResources.wording_yaml) }
    static var openAPI: String { text(PackageResources.openapi_yaml) }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// One static file.
struct StaticFile: Sendable {
    let mediaType: String
    let bytes: [UInt8]
    let hash: String

    init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
        hash = String(hexadecimal(SHA256.hash(bytes).bytes).prefix(16))
    }

    /// The file, or 304 when the caller has it.
    ///
    /// A name with the hash in it never changes its content.
    func response(_ request: Request, isNamedByHash: Bool) -> Response {
        let tag = "\"\(hash)\""
        var headers: HTTPFields = [
            .contentType: mediaType, .eTag: tag,
            .cacheControl: isNamedByHash
                ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
        ]
        if let asked = request.headers[.ifNoneMatch], asked == "*" || asked.contains(tag) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok,
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}

/// Style, scripts and sign, each under a name with the hash of its content.
struct StaticFiles: Sendable {
    let byPath: [String: StaticFile]
    let style: String
    let script: String
    let icon: String

    init() {
        var byPath: [String: StaticFile] = [:]
        func add(_ name: String, _ ending: String, _ mediaType: String, _ bytes: [UInt8]) -> String
        {
            let asset = StaticFile(mediaType: mediaType, bytes: bytes)
            let path = "/assets/\(name).\(asset.hash).\(ending)"
            byPath[path] = asset
            return path
        }
        let javaScript = "text/javascript; charset=utf-8"
        style = add("app", "css", "text/css; charset=utf-8", PackageResources.app_css)
        icon = add("icon", "svg", "image/svg+xml", PackageResources.icon_svg)
        let plots = add("plots", "js", javaScript, PackageResources.plots_js)
        // A module names its sibling; the name that it is served under has its hash.
        let drawing = Resource.text(PackageResources.charts_js).replacing("./plots.js", with: plots)
        let charts = add("charts", "js", javaScript, Array(drawing.utf8))
        let app = Resource.text(PackageResources.app_js).replacing("./charts.js", with: charts)
        script = add("app", "js", javaScript, Array(app.utf8))
        self.byPath = byPath
    }
}
