public import Commands
public import EventLog
internal import Finance
public import Frame
public import Vault

/// Tokens that are deleted while there is no way to their providers: what nobody was told is kept
/// as evidence, as it is of who did not answer.
public struct UntoldTokens: Sendable {
    private let books: SubjectBooks
    private let recorder: Recorder

    /// Reads and records over a vault that is attached to `log`.
    ///
    /// - Throws: when a library has no memory.
    public init(log: EventLog, vault: Vault, recorder: Recorder) throws(BookError) {
        (books, self.recorder) = (try SubjectBooks(log: log, vault: vault, keptMax: 16), recorder)
    }

    /// Records the end of each token of a person that serves no request any more, as not
    /// confirmed by its provider; `now` in microseconds since 1970-01-01 UTC.
    ///
    /// - Returns: the providers, by org_code.
    /// - Throws: `.book`, `.record`: the tokens must then not be deleted.
    public func record(
        of subject: SubjectID,
        at now: Int64
    ) async throws(CollectError) -> [String] {
        for _ in 0..<RecordLimit.attemptsMax {
            let book: SubjectBook
            do throws(BookError) { book = try books.book(of: subject) } catch { throw .book(error) }
            let codes = book.owedRevocations
            guard !codes.isEmpty else { return [] }
            var bytes: [UInt8] = []
            for code in codes {
                guard let (_, request) = book.owed(at: code) else { continue }
                let end = Event.tokenEnded(request, code, .withdrawn, at: now / 1_000_000)
                EventBytes.append(end, to: &bytes)
            }
            let ends = bytes
            let evidence = Evidence(in: [.role(.evidence)]) { _ in [ends] }
            let person = PersonObservations(of: subject, [], evidence: evidence)
            do throws(RecordError) {
                _ = try await recorder.observe(
                    [person],
                    at: now,
                    expecting: [subject: book.revision]
                )[0].get()
                return codes
            } catch .contended {
                continue
            } catch {
                throw .record(error)
            }
        }
        throw .record(.contended)
    }
}
