import Foundation
import NIOHTTP1
import Web

/// What is put aside, asked of the server that has the data directory.
extension RunningServer {
    /// All that is put aside now.
    func quarantine() async throws -> [QuarantineLine] {
        var lines: [QuarantineLine] = []
        var after: String?
        repeat {
            let path = "/v1/collection/quarantine?limit=200" + (after.map { "&after=\($0)" } ?? "")
            let page: ServersQuarantine = try await ask(.GET, path)
            lines += page.items.map(\.line)
            after = page.nextCursor
        } while after != nil
        return lines
    }

    /// What redriving an answer would come to.
    func quarantined(_ id: String) async throws -> QuarantineResult {
        struct Previewed: Decodable { let redrive: ServersResult }
        let answer: Previewed = try await ask(.GET, "/v1/collection/quarantine/\(id)")
        return try answer.redrive.told()
    }

    func redrive(_ id: String) async throws -> QuarantineResult {
        let answer: ServersResult = try await ask(
            .POST,
            "/v1/collection/quarantine/\(id)/redrive"
        )
        return try answer.told()
    }

    func discard(_ id: String, note: String) async throws -> QuarantineResult {
        let answer: ServersResult = try await ask(
            .POST,
            "/v1/collection/quarantine/\(id)/discard",
            body: try JSONText.encode(["note": note])
        )
        return try answer.told()
    }
}

/// One page of what is put aside, as the server tells it.
private struct ServersQuarantine: Decodable {
    struct Item: Decodable {
        let id, subject, orgCode, api: String
        let fault: ServersFault
        let askedAtMs: Int64
        let bytes: UInt64

        var line: QuarantineLine {
            QuarantineLine(
                id: id,
                subject: subject,
                provider: orgCode,
                api: api,
                fault: fault.fault,
                askedAt: askedAtMs,
                bytes: bytes
            )
        }
    }

    let items: [Item]
    let nextCursor: String?
}

private struct ServersFault: Decodable {
    let reason, field: String
    let row: UInt32

    var fault: QuarantineFault { QuarantineFault(reason: reason, field: field, row: row) }
}

/// What came of an answer, as the server tells it.
private struct ServersResult: Decodable {
    let result: String
    let added, retracted: UInt64
    let fault: ServersFault?
    let outcome: String?

    func told() throws -> QuarantineResult {
        switch (result, fault, outcome) {
        case ("taken", nil, nil): return .taken(added: added, retracted: retracted)
        case ("superseded", nil, nil): return .superseded
        case ("refused", nil, nil): return .refused
        case ("broken", let fault?, nil): return .broken(fault.fault)
        case ("released", nil, let outcome?): return .released(outcome)
        default:
            throw Failure(.program, "The server told of an answer what this program cannot read.")
        }
    }
}
