import Collector
import Finance
import Foundation
import Sandbox

/// Asks a running sandbox what only a sandbox knows: its clock, its people, the truth.
struct SandboxControl {
    /// A person of the sandbox.
    struct Person: Sendable {
        var number: Int
        /// The person's CI, by which providers know them.
        var key: String
        var years: Int
        var providers: [String]

        var age: AgeBand { AgeBand(years: years) }
    }

    /// One line of a person's own ledger.
    struct Line: Decodable, Sendable {
        let provider, key, kind, currency, movements, paidIn, paidOut: String
        let closedOn, balance, holdings, billLines, due: String?

        var ledger: AssetLedger {
            get throws {
                func number<Number: FixedWidthInteger>(_ text: String) throws -> Number {
                    guard let number = Number(text) else {
                        throw Failure(.program, "The sandbox's statement is no statement.")
                    }
                    return number
                }
                var ledger = AssetLedger(
                    provider: provider,
                    key: key,
                    kind: try number(kind),
                    currency: try number(currency),
                    isClosed: closedOn != nil
                )
                let texts: [(LedgerFigure, String?)] = [
                    (.movements, movements), (.paidIn, paidIn), (.paidOut, paidOut),
                    (.balance, balance), (.holdings, holdings), (.billLines, billLines),
                    (.due, due),
                ]
                for (figure, text) in texts { ledger.figures[figure] = try text.map(number) }
                return ledger
            }
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
        guard let controls = operatorFile.controls else {
            throw Failure(.configuration, "\(directory)/operator.yaml has no control_url.")
        }
        place = controls
    }

    func shutdown() async { await client.shutdown() }

    /// What the sandbox's clock shows.
    struct Reading: Sendable {
        /// Since 1970-01-01 UTC.
        var seconds: Int64
        var isRunning: Bool
    }

    private struct ClockBody: Decodable {
        let seconds, isRunning: String

        var reading: Reading {
            get throws {
                guard let seconds = Int64(seconds) else {
                    throw Failure(.program, "The sandbox's clock shows no time.")
                }
                return Reading(seconds: seconds, isRunning: isRunning == "true")
            }
        }
    }

    func clock() async throws -> Reading {
        let body: ClockBody = try await get("/sandbox/clock")
        return try body.reading
    }

    /// Lets its clock stand still, or run on.
    func run(_ isRunning: Bool) async throws {
        _ = try await moveClock([("is_running", isRunning ? "true" : "false")])
    }

    /// Moves its clock on.
    func advance(seconds: Int64) async throws -> Reading {
        try await moveClock([("advance", "\(seconds)")])
    }

    private func moveClock(_ parameters: [(name: String, value: String)]) async throws -> Reading {
        let body: ClockBody = try await send(
            ProviderRequest(
                path: "/sandbox/clock",
                form: .json,
                parameters: parameters,
                transaction: "control"
            )
        )
        return try body.reading
    }

    func people(_ count: Int) async throws -> [Person] {
        struct Entry: Decodable {
            let person: String
            let userCi: String
            let age: String
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
                guard let number = Int(entry.person), let years = Int(entry.age) else {
                    throw Failure(.program, "The sandbox's list of people is none.")
                }
                all.append(
                    Person(
                        number: number,
                        key: entry.userCi,
                        years: years,
                        providers: entry.providers
                    )
                )
            }
            guard body.people.count == limit else { break }
        }
        return all
    }

    /// The truth about a person, as of now or of a second since 1970-01-01 UTC.
    func statement(of person: Int, at second: Int64? = nil) async throws -> [AssetLedger] {
        struct Body: Decodable { let assets: [Line] }
        let body: Body = try await get(
            "/sandbox/people/\(person)/statement",
            second.map { [("at", "\($0)")] } ?? []
        )
        return try body.assets.map { try $0.ledger }
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
