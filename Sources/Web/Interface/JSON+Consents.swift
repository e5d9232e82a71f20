import Finance

extension ConsentView {
    var json: JSON {
        [
            "day": day.json,
            "membership": membership,
            "requests": .array(requests.map(request)),
            "agreements": .array(agreements.map(agreement)),
            "deletions": .array(register.deletions.map(deletion)),
            "purges": .array(
                register.purges.map {
                    [
                        "provider": .string($0.provider),
                        "events": .unsigned(UInt64($0.events)),
                        "at_ms": .integer($0.at.milliseconds),
                    ]
                }
            ),
            "notices": .array(
                register.notices.map {
                    [
                        "kind": .string($0.kind),
                        "from": $0.days.lowerBound.json,
                        "through": $0.days.upperBound.json,
                        "at_ms": .integer($0.at.milliseconds),
                    ]
                }
            ),
        ]
    }

    /// Those that hold first, then the ones that ended last.
    var requests: [TransferRequest] {
        register.requests.values.sorted {
            ($0.holds(on: day) ? 0 : 1, -$0.requestedAt, name($0.provider), $0.id)
                < ($1.holds(on: day) ? 0 : 1, -$1.requestedAt, name($1.provider), $1.id)
        }
    }

    /// Those in force first, then the newest.
    var agreements: [Agreement] {
        register.agreements.values.sorted {
            ($0.holds(on: day) ? 0 : 1, -$0.grantedAt, $0.id)
                < ($1.holds(on: day) ? 0 : 1, -$1.grantedAt, $1.id)
        }
    }

    func name(_ code: String) -> String { names[code] ?? code }

    private var membership: JSON {
        switch register.membership {
        case .never: ["state": "never", "at_ms": nil, "until": nil]
        case .joined(let at, let until, age: _):
            [
                "state": "joined",
                "at_ms": .integer(at.milliseconds),
                "until": until.json,
            ]
        case .left(let at):
            ["state": "left", "at_ms": .integer(at.milliseconds), "until": nil]
        }
    }

    private func request(_ request: TransferRequest) -> JSON {
        let terms = request.terms
        var reason = JSON.null
        if case .withdrawn(let why, at: _) = request.state { reason = .string(why.word) }
        return [
            "id": .string(request.id.description),
            "provider": .string(request.provider),
            "provider_name": .string(name(request.provider)),
            "state": .string(request.stateWord(on: day)),
            "reason": reason,
            "requested_at_ms": .integer(request.requestedAt.milliseconds),
            "extended_at_ms": .maybe(request.extendedAt) { .integer($0.milliseconds) },
            "ended_at_ms": .maybe(request.state.endedAt) { .integer($0.milliseconds) },
            "ends_on": terms.endsOn.json,
            "days_left": request.holds(on: day)
                ? .integer(Int64(terms.endsOn.daysSinceEpoch - day.daysSinceEpoch)) : nil,
            "kept_until": terms.keptUntil == .withoutEnd ? nil : terms.keptUntil.json,
            "scope": .array(terms.scope.words.map { .string(String($0)) }),
            "purpose": .string(terms.purpose),
            "cycle_days": terms.isScheduled ? .integer(Int64(terms.cycleDays)) : nil,
            "asset_count": .integer(Int64(terms.assets.count)),
        ]
    }

    private func agreement(_ agreement: Agreement) -> JSON {
        let terms = agreement.terms
        return [
            "id": .string(agreement.id.description),
            "kind": .string(terms.kind.word),
            "number": .string(terms.number),
            "name": .string(terms.consentName),
            "recipient": .string(terms.recipientName),
            "purpose": .string(terms.purpose),
            "period": .string(terms.period),
            "once": .bool(terms.isOnce),
            "status": .string(agreement.status.word),
            "granted_at_ms": .integer(agreement.grantedAt.milliseconds),
            "withdrawn_at_ms": .maybe(agreement.withdrawnAt) { .integer($0.milliseconds) },
            "ends_on": .maybe(terms.endsOn, \.json),
            "hand_overs": .unsigned(agreement.handOverCount),
            "last_hand_over_at_ms": .maybe(agreement.lastHandOverAt) {
                .integer($0.milliseconds)
            },
        ]
    }

    private func deletion(_ deletion: Deletion) -> JSON {
        [
            "scope": .string(deletion.scope.word),
            "provider": deletion.scope.provider.isEmpty ? nil : .string(deletion.scope.provider),
            "reason": .string(deletion.reason.word),
            "asked_at_ms": .integer(deletion.askedAt.milliseconds),
            "completed_at_ms": .maybe(deletion.completion) { .integer($0.at.milliseconds) },
            "asset_count": .maybe(deletion.completion) {
                .integer(Int64($0.compartments.count))
            },
            "through_revision": .maybe(deletion.completion) { .unsigned($0.throughRevision) },
        ]
    }
}

extension RequestTerms {
    /// Days of the shorter cycle of regular transfer; 0 when there is none.
    var cycleDays: Int { [basicCycleDays, additionalCycleDays].filter { $0 > 0 }.min() ?? 0 }
}

extension TransferView {
    var json: JSON {
        [
            "from": days.lowerBound.json,
            "through": days.upperBound.json,
            "sources": .array(sources.map(\.json)),
            "items": .array(
                entries.map {
                    [
                        "at_ms": .integer($0.at.milliseconds),
                        "kind": .string($0.kind.rawValue),
                        "party": $0.party.isEmpty ? nil : .string($0.party),
                        "party_name": $0.party.isEmpty
                            ? nil : .string(names[$0.party] ?? $0.party),
                        "text": .string($0.text),
                        "rows": $0.rows,
                    ]
                }
            ),
            "next_cursor": .maybe(next) { .string($0.description) },
        ]
    }
}

extension TransferHistory.Entry {
    fileprivate var rows: JSON {
        guard case .received(let rows, isScheduled: _) = detail else { return nil }
        return .unsigned(rows)
    }
}
