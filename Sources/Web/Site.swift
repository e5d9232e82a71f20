import Finance
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What every handler needs: the ledger to read and the words, templates and limits to answer with.
struct Site: Sendable {
    /// As the purpose of the request lets it be seen.
    private(set) var ledger: PurposeLedger
    /// What the request is for; nil where everybody may ask.
    private(set) var purpose: UsePurpose?
    let book: any AccessBook
    let sessions = Sessions()
    /// Monotonic time since some fixed moment.
    let clock: @Sendable () -> Duration
    private let whole: any Ledger
    /// Providers by their names.
    let openIDs: [String: OpenIDClient]
    let begun: BegunSignIns
    let configuration: WebConfiguration
    let metrics: PrometheusRegistry
    let wording: Wording
    let templates: Templates
    let assets: StaticFiles
    let openAPI: OpenAPIDocument
    let streams = Streams()

    init(
        ledger: any Ledger & AccessBook,
        configuration: WebConfiguration,
        metrics: PrometheusRegistry,
        clock: @escaping @Sendable () -> Duration = { .zero }
    ) throws {
        (whole, book, self.clock) = (ledger, ledger, clock)
        let issuers = configuration.signIn?.issuers ?? []
        openIDs = Dictionary(
            uniqueKeysWithValues: issuers.map { ($0.name, OpenIDClient($0, clock: clock)) }
        )
        begun = try BegunSignIns()
        self.ledger = PurposeLedger(base: ledger, book: ledger, purpose: nil)
        self.configuration = configuration
        self.metrics = metrics
        wording = try Wording(yaml: Resource.wording)
        assets = StaticFiles()
        templates = try Templates()
        openAPI = try OpenAPIDocument(yaml: Resource.openAPI)
    }

    /// The same for requests with a purpose.
    func seen(for purpose: UsePurpose) -> Site {
        var site = self
        site.purpose = purpose
        site.ledger = PurposeLedger(base: whole, book: book, purpose: purpose)
        return site
    }

    /// Counts open streams.
    final class Streams: Sendable {
        private let open = Mutex(0)

        /// Takes a place; false when all are taken.
        func enter(max: Int) -> Bool {
            open.withLock { count in
                guard count < max else { return false }
                count += 1
                return true
            }
        }

        /// Gives the place back.
        func leave() { open.withLock { $0 -= 1 } }

        /// Streams open now.
        var count: Int { open.withLock { $0 } }
    }

    func language(of request: Request) -> Language {
        Language.choose(
            query: request.uri.queryParameters["lang"],
            cookie: request.cookies["jangbu_lang"]?.value,
            accept: request.headers[.acceptLanguage]
        )
    }

    /// A JSON answer that no cache keeps: it holds personal data or the state of a moment.
    func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        var bytes = value.bytes
        bytes.append(UInt8(ascii: "\n"))
        return Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// The cursor and size that a request for a page of a list names.
    func paging(_ request: Request) throws(Problem) -> (after: Cursor?, limit: Int) {
        let query = request.uri.queryParameters
        var after: Cursor?
        if let text = query["after"] {
            guard let cursor = Cursor(text: text) else {
                throw Problem(.parameterInvalid, parameter: "after")
            }
            after = cursor
        }
        guard let text = query["limit"] else { return (after, configuration.pageSize) }
        guard let limit = Int(text), 1...configuration.pageSizeMax ~= limit else {
            throw Problem(.parameterInvalid, parameter: "limit")
        }
        return (after, limit)
    }
}
