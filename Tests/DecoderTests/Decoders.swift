import Cryptography
import Files
import Finance
import Frame
import HTTPTypes
import Logging
import MyData
import Simulation

@testable import Collector
@testable import Sandbox
@testable import jangbu

/// Something that takes bytes from outside.
struct Decoder: Sendable {
    let name: String
    /// Valid ones.
    let samples: [[UInt8]]
    /// True when it read something; throws or returns false when it refused.
    let reads: @Sendable ([UInt8]) async throws -> Bool

    init(
        _ name: String,
        _ samples: [[UInt8]],
        _ reads: @escaping @Sendable ([UInt8]) async throws -> Bool
    ) {
        (self.name, self.samples, self.reads) = (name, samples, reads)
    }

    init(
        _ name: String,
        texts: [String],
        _ reads: @escaping @Sendable (String) async throws -> Bool
    ) {
        self.init(name, texts.map { Array($0.utf8) }) { bytes in
            try await reads(String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// All decoders with samples from one sandbox.
struct Decoders {
    let all: [Decoder]

    init(_ town: DecoderTown) async throws {
        all =
            Self.answers(town) + Self.events(town) + Self.texts(town)
            + (try await Self.requests(town)) + (try Self.files(town))
    }

    /// What providers answer.
    private static func answers(_ town: DecoderTown) -> [Decoder] {
        let readers = town.answers.map { api, answers in
            Decoder("answer of \(api)", answers.map(\.body)) { bytes in
                guard let first = answers.first else { return false }
                var reader = AnswerReader()
                let answer = try reader.read(
                    bytes.span,
                    of: first.call,
                    from: AnswerSource(first.industry),
                    askedAt: DecoderTown.now
                )
                // What is taken in must be events.
                var cursor = Finance.EventCursor(answer.events.span, of: DecoderTown.asset)
                while try cursor.next() != nil {}
                return true
            }
        }
        let bodies = town.answers.values.flatMap { $0 }.prefix(40).map(\.body)
        let tokens = [
            #"{"token_type":"Bearer","access_token":"aa.bb","expires_in":7776000,"#
                + #""refresh_token":"cc","refresh_token_expires_in":31536000,"scope":"bank.list"}"#,
            #"{"error":"invalid_grant","error_description":"x"}"#,
        ].map { Array($0.utf8) }
        return readers + [
            Decoder("JSON", bodies + tokens) { JSONTree($0) != nil },
            Decoder("token", tokens) { bytes in
                _ = try TokenGrant(ProviderReply(status: 200, body: bytes))
                return true
            },
        ]
    }

    /// Events and what folds keep.
    private static func events(_ town: DecoderTown) -> [Decoder] {
        let event = Decoder("event", town.events) { bytes in
            let view = try EventView(bytes.span, of: DecoderTown.asset)
            var key: [UInt8] = []
            try NaturalKey.append(view, to: &key)
            _ = try GonePart.isGone(view)
            var states = DecoderTown.States()
            states.fold(view)
            return true
        }
        let body = Decoder("frame's body", town.bodies) { bytes in
            var cursor = Finance.EventCursor(bytes.span, of: DecoderTown.asset)
            while try cursor.next() != nil {}
            return true
        }
        return [event, body]
            + town.states.encodings.map { name, bytes in
                Decoder("state of \(name)", [bytes]) { try DecoderTown.States.reads($0, as: name) }
            }
    }

    /// Short texts.
    private static func texts(_ town: DecoderTown) -> [Decoder] {
        [
            Decoder("time slot", texts: ["0100:0500", "2300:0300"]) { TimeSlot($0) != nil },
            Decoder("fault", texts: ["slow=200@A1BK010000/104%50", "down=3@A1BK010000", "types"]) {
                Fault($0) != nil
            },
            Decoder("form", texts: ["a=b&c=%EA%B0%80+d&e", "org_code=A1&limit=500"]) {
                Form.parse($0) != nil
            },
            Decoder("base64", texts: ["YWJjZA==", "7ZWc6riA", ""]) { Base64.decode($0) != nil },
            Decoder("signature", texts: [town.signature]) { town.verifies($0) },
            Decoder("transfer terms", texts: [town.consent]) { text in
                JSONTree(Array(text.utf8)).flatMap(TransferTerms.init) != nil
            },
            Decoder("exchange", town.exchanges) { bytes in
                _ = try Exchange(bytes.span)
                return true
            },
        ]
    }

    /// Requests to the sandbox.
    private static func requests(_ town: DecoderTown) async throws -> [Decoder] {
        [
            Decoder("sandbox: token request", texts: [town.tokenForm]) { form in
                await town.reply("POST", "/\(town.bank)/oauth/2.0/token", body: form).status == 200
            },
            Decoder("sandbox: query", texts: ["org_code=\(town.bank)&search_timestamp=0&limit=9"]) {
                await town.reply("GET", "/\(town.bank)/v2/bank/accounts", query: $0).status == 200
            },
            Decoder("sandbox: body", texts: [town.movementsBody]) { body in
                let path = "/\(town.bank)/v2/bank/accounts/deposit/transactions"
                return await town.reply("POST", path, body: body, isJSON: true).status == 200
            },
            Decoder("sandbox: path", texts: ["/v2/bank/accounts"]) { path in
                let query = "org_code=\(town.bank)&search_timestamp=0&limit=9"
                return await town.reply("GET", "/\(town.bank)" + path, query: query).status == 200
            },
            Decoder("sandbox: cursor", texts: [try await town.cursor()]) { cursor in
                let path = "/\(town.bank)/v2/bank/accounts/deposit/transactions"
                let body = town.movements(after: cursor)
                return await town.reply("POST", path, body: body, isJSON: true).status == 200
            },
            Decoder("sandbox: controls", texts: [#"{"faults":["slow=1"]}"#, #"{"set":"5"}"#]) {
                await town.reply("POST", "/sandbox/faults", body: $0, isJSON: true).status == 200
            },
        ]
    }

    /// Files that another process or a person wrote.
    private static func files(_ town: DecoderTown) throws -> [Decoder] {
        let folder = town.folder
        let registration = ClientRegistration(identifier: "a", secret: "b")
        return [
            Decoder("providers.yaml", [town.providersFile]) { bytes in
                let path = folder + "/fuzz-providers.yaml"
                try Files.replace(path, with: bytes)
                return !(try Providers(path, registration: registration)).all.isEmpty
            },
            Decoder("operator.yaml", [town.operatorFile]) { bytes in
                let path = folder + "/fuzz-operator.yaml"
                try Files.replace(path, with: bytes)
                return !(try OperatorFile(path)).code.isEmpty
            },
            Decoder("token journal", [town.journalFile]) { bytes in
                let path = folder + "/fuzz-tokens.journal"
                try Files.replace(path, with: bytes)
                let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
                return !TokenJournal(path, logger).entries().isEmpty
            },
            Decoder("frame header", town.headers) { bytes in
                _ = try FrameHeader(bytes.span)
                return true
            },
        ]
    }
}
