import Collector
import Foundation
import Sandbox

/// Asks a running sandbox what only a sandbox knows: its clock, its people, the truth.
struct SandboxControl {
    /// A person of the sandbox.
    struct Person: Sendable {
        var number: Int
        /// The person's CI, by which providers know them.
        var key: String
        var providers: [String]
    }

    /// One line of a person's own ledger.
    struct Line: Decodable, Sendable {
        let provider, key, kind, currency, movements, paidIn, paidOut: String
        let closedOn, balance: String?

        var line: StatementLine {
            StatementLine(
                provider: provider,
                key: key,
                kind: UInt32(kind) ?? 0,
                currency: UInt32(currency) ?? 0,
                movements: Int(movements) ?? 0,
                paidIn: Int64(paidIn) ?? 0,
                paidOut: Int64(paidOut) ?? 0,
                isClosed: closedOn != nil
            )
        }
    }

    private let client: ProviderClient
    private let place: ProviderPlace

    init(_ operatorFile: OperatorFile, directory: String) throws {
        let files = ClientCertificates(
            certificate: directory + "/control.pem",
            key: directory + "/control.key",
            roots: operatorFile.certificates.roots
        )
        do throws(ClientFault) {
            client = try ProviderClient(certificates: files)
        } catch {
            throw Failure(.input, "The control certificate in \(directory) cannot be used.")
        }
        place = operatorFile.place
    }

    func shutdown() async { await client.shutdown() }

    /// Seconds since 1970-01-01 UTC by the sandbox's clock.
    func seconds() async throws -> Int64 {
        struct Body: Decodable { let seconds: String }
        let body: Body = try await get("/sandbox/clock")
        return Int64(body.seconds) ?? 0
    }

    /// Moves its clock on.
    func advance(seconds: Int64) async throws {
        struct Body: Decodable { let seconds: String }
        let _: Body = try await send(
            ProviderRequest(
                path: "/sandbox/clock",
                form: .json,
                parameters: [("advance", "\(seconds)")],
                transaction: "control"
            )
        )
    }

    func people(_ count: Int) async throws -> [Person] {
        struct Entry: Decodable {
            let person: String
            let userCi: String
            let providers: [String]
        }
        struct Body: Decodable { let people: [Entry] }
        var all: [Person] = []
        while all.count < count {
            let limit = min(1_000, count - all.count)
            let body: Body = try await get(
                "/sandbox/people",
                [("from", "\(all.count)"), ("limit", "\(limit)")]
            )
            for entry in body.people {
                guard let number = Int(entry.person) else { continue }
                all.append(
                    Person(number: number, key: entry.userCi, providers: entry.providers)
                )
            }
            guard body.people.count == limit else { break }
        }
        return all
    }

    func statement(of person: Int) async throws -> [Line] {
        struct Body: Decodable { let assets: [Line] }
        let body: Body = try await get("/sandbox/people/\(person)/statement")
        return body.assets
    }

    private func get<Body: Decodable>(
        _ path: String,
        _ query: [(name: String, value: String)] = []
    ) async throws -> Body {
        try await send(
            ProviderRequest(
                path: path,
                form: .query,
                parameters: query,
                transaction: "control"
            )
        )
    }

    private func send<Body: Decodable>(_ request: ProviderRequest) async throws -> Body {
        let reply: ProviderReply
        do throws(TransportFault) {
            reply = try await client.send(request, to: place, within: ProviderLimits())
        } catch {
            throw Failure(.address, "The sandbox at \(place.root) does not answer (\(error)).")
        }
        guard reply.status == 200 else {
            throw Failure(.program, "The sandbox's controls answered \(reply.status).")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Body.self, from: Data(reply.body))
    }
}
