import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// What machines ask: health, metrics, the interface's description, the live stream.
extension Site {
    @Sendable func live(_ request: Request, _ context: Context) async throws -> Response {
        json(["status": "live"])
    }

    @Sendable func ready(_ request: Request, _ context: Context) async throws -> Response {
        let readiness = await ledger.readiness()
        let checks = readiness.checks.map { check -> JSON in
            ["name": .string(check.name), "passes": .bool(check.passes)]
        }
        return json(
            ["status": readiness.isReady ? "ready" : "not-ready", "checks": .array(checks)],
            status: readiness.isReady ? .ok : .serviceUnavailable
        )
    }

    @Sendable func metricsText(_ request: Request, _ context: Context) async throws -> Response {
        var text = Exposition()
        text.write(try await ledger.overview(), streams: streams.count)
        text.write(try await ledger.collection())
        metrics.write(into: &text)
        return Response(
            status: .ok,
            headers: [.contentType: Exposition.mediaType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text.text))
        )
    }

    @Sendable func openAPIYAML(_ request: Request, _ context: Context) async throws -> Response {
        StaticFile(mediaType: "application/yaml", bytes: openAPI.yaml).response(
            request,
            isNamedByHash: false
        )
    }

    @Sendable func openAPIJSON(_ request: Request, _ context: Context) async throws -> Response {
        StaticFile(mediaType: "application/json", bytes: openAPI.json).response(
            request,
            isNamedByHash: false
        )
    }

    @Sendable func asset(_ request: Request, _ context: Context) async throws -> Response {
        guard let asset = assets.byPath[request.uri.path] else { throw Problem(.notFound) }
        return asset.response(request, isNamedByHash: true)
    }

    /// Server-sent events: an `overview` at once and then with every change, at least every two
    /// seconds.
    ///
    /// `id:` is the cursor of all partitions. A stream is a hint: what must not be missed is read
    /// from `/v1/frames?after=` with the last id. It ends with the session that it was opened in,
    /// and keeps none from ending.
    @Sendable func stream(_ request: Request, _ context: Context) async throws -> Response {
        let secret = request.cookies[Admission.cookieName]?.value
        let isBySession = request.headers[.authorization] == nil
        return try await openStream(in: isBySession ? secret : nil)
    }

    /// `session` is the secret of the session that it ends with.
    func openStream(in session: String? = nil) async throws -> Response {
        guard streams.enter(max: configuration.streamsMax) else { throw Problem(.tooManyStreams) }
        let place = Place(streams)
        let overviews = await ledger.subscribe().cancelOnGracefulShutdown()
        let isOpen = { @Sendable [sessions, clock] () -> Bool in
            guard let session else { return true }
            return sessions.caller(session, at: clock(), isUse: false) != nil
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
            ],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                for await overview in overviews {
                    guard isOpen() else { break }
                    try await writer.write(
                        ByteBuffer(
                            string: "id: \(overview.cursor)\nevent: overview\n"
                                + "data: \(overview.json.text)\n\n"
                        )
                    )
                }
                try await writer.finish(nil)
                withExtendedLifetime(place) {}
            }
        )
    }

    /// A stream's place: given back when its answer is gone, also one whose body was never written
    /// (HEAD).
    private final class Place: Sendable {
        private let streams: Streams
        init(_ streams: Streams) { self.streams = streams }
        deinit { streams.leave() }
    }
}
