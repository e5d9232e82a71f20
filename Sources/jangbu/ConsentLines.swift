import Finance
import Foundation

/// A person's register as a command prints it.
struct ConsentLines: Encodable {
    struct Request: Encodable {
        let id: String
        let provider: String
        let state: String
        let scope: String
        let endsOn: String
        let isScheduled: Bool
    }

    struct Consent: Encodable {
        let id: String
        let number: String
        let name: String
        let recipient: String
        let status: String
        let handOvers: UInt64
    }

    struct Removal: Encodable {
        let provider: String
        let reason: String
        let isCompleted: Bool
        let compartments: Int?
    }

    let membership: String
    let requests: [Request]
    let agreements: [Consent]
    let deletions: [Removal]

    init(_ register: TransferRegister) {
        membership =
            switch register.membership {
            case .never: "never joined"
            case .joined(at: _, let until, let age):
                "member until \(until)" + (age == .adult ? "" : ", under 19")
            case .left: "left"
            }
        requests = register.requests.values.sorted {
            ($0.requestedAt, $0.id) < ($1.requestedAt, $1.id)
        }
        .map { request in
            Request(
                id: request.id.description,
                provider: request.provider,
                state: ConsentLines.state(request),
                scope: request.terms.scope.text,
                endsOn: request.terms.endsOn.description,
                isScheduled: request.terms.isScheduled
            )
        }
        agreements = register.agreements.values
            .sorted { ($0.grantedAt, $0.id) < ($1.grantedAt, $1.id) }
            .map { agreement in
                Consent(
                    id: agreement.id.description,
                    number: agreement.terms.number,
                    name: agreement.terms.consentName,
                    recipient: agreement.terms.recipientName,
                    status: "0\(agreement.status.rawValue)",
                    handOvers: agreement.handOverCount
                )
            }
        deletions = register.deletions.map { deletion in
            Removal(
                provider: deletion.scope.provider,
                reason: "\(deletion.reason)",
                isCompleted: deletion.completion != nil,
                compartments: deletion.completion?.compartments.count
            )
        }
    }

    private static func state(_ request: TransferRequest) -> String {
        switch request.state {
        case .live: request.suspendedAt == nil ? "live" : "suspended"
        case .replaced: "replaced"
        case .expired: "expired"
        case .withdrawn(let reason, at: _): "withdrawn (\(reason))"
        }
    }

    var text: String {
        var lines = [membership]
        lines += requests.map { "\($0.provider)  \($0.state), until \($0.endsOn), \($0.scope)" }
        lines += agreements.map { "\($0.number)  \($0.status), \($0.name), \($0.recipient)" }
        lines += deletions.map {
            "deletion \($0.provider.isEmpty ? "of everything" : $0.provider)  \($0.reason), "
                + ($0.isCompleted ? "done" : "owed")
        }
        return lines.joined(separator: "\n")
    }
}
