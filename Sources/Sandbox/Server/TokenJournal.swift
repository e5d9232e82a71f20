internal import Files
internal import Logging
internal import MyData
internal import Synchronization

/// What happened to tokens, one JSON object a line, so that a sandbox that was killed knows them.
///
/// Written without flushing: it outlives the process, not the machine. A line that was cut is left
/// out.
final class TokenJournal: Sendable {
    /// One line.
    enum Entry: Sendable {
        case issued(access: String, ends: Int64, grant: Grant)
        case expired(access: String)
        case dropped(refresh: String)
    }

    private struct State {
        var file: File?
        var end = 0
    }

    private static let bytesMax = 1 << 30

    private let path: String
    private let logger: Logger
    private let state = Mutex(State())

    init(_ path: String, _ logger: Logger) { (self.path, self.logger) = (path, logger) }

    /// What the file has; nothing when there is none.
    func entries() -> [Entry] {
        guard Files.exists(path) else { return [] }
        do throws(FileError) {
            let bytes = try Files.read(path, limit: TokenJournal.bytesMax)
            return bytes.split(separator: 0x0a).compactMap { line in
                JSONTree(Array(line)).flatMap(TokenJournal.entry)
            }
        } catch {
            logger.error("tokens of before cannot be read", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Begins anew with what lives.
    func begin(with entries: [Entry]) {
        do throws(FileError) {
            let bytes = entries.flatMap(TokenJournal.line)
            try Files.replace(path, with: bytes)
            let file = try File(path, .update)
            state.withLock { $0 = State(file: file, end: bytes.count) }
        } catch {
            logger.error("tokens will not outlive this process", metadata: ["error": "\(error)"])
        }
    }

    func append(_ entry: Entry) {
        let line = TokenJournal.line(entry)
        state.withLock { state in
            guard let file = state.file else { return }
            do throws(FileError) {
                try file.write(line.span, at: state.end)
                state.end += line.count
            } catch {
                state.file = nil
                logger.error(
                    "tokens will not outlive this process",
                    metadata: ["error": "\(error)"]
                )
            }
        }
    }

    private static func line(_ entry: Entry) -> [UInt8] {
        var object = JSONObject()
        switch entry {
        case .issued(let access, let ends, let grant):
            object.add("access", access)
            object.add("ends", ends)
            object.add("person", grant.person)
            object.add("provider", grant.provider)
            object.add("client", grant.client)
            object.add("refresh", grant.refreshToken)
            object.add("refresh_ends", grant.refreshEnds)
            object.add("terms", grant.terms.text)
        case .expired(let access): object.add("expired", access)
        case .dropped(let refresh): object.add("dropped", refresh)
        }
        return object.encoded + [0x0a]
    }

    private static func entry(_ json: JSONTree) -> Entry? {
        if let access = json["expired"]?.scalar { return .expired(access: access) }
        if let refresh = json["dropped"]?.scalar { return .dropped(refresh: refresh) }
        guard let access = json["access"]?.scalar,
            let ends = json["ends"]?.scalar.flatMap({ Int64($0) }),
            let person = json["person"]?.scalar.flatMap({ Int($0) }),
            let provider = json["provider"]?.scalar, let client = json["client"]?.scalar,
            let refresh = json["refresh"]?.scalar,
            let refreshEnds = json["refresh_ends"]?.scalar.flatMap({ Int64($0) }),
            let terms = json["terms"].flatMap(TransferTerms.init)
        else { return nil }
        return .issued(
            access: access,
            ends: ends,
            grant: Grant(
                person: person,
                provider: provider,
                client: client,
                terms: terms,
                refreshEnds: refreshEnds,
                refreshToken: refresh
            )
        )
    }
}
