import Finance

extension Overview {
    var json: JSON {
        [
            "cursor": .string(cursor.description),
            "taken_at_ms": .integer(takenAt),
            "mode": mode.json,
            "uptime_ms": .integer(uptimeMilliseconds),
            "events": .unsigned(events),
            "frames": .unsigned(frames),
            "subjects": .unsigned(subjects),
            "erasures": .unsigned(erasures),
            "damaged_slots": .unsigned(damagedSlots),
            "flushes": .unsigned(flushes),
            "events_per_second": .number(eventsPerSecond),
            "events_per_second_minute": .number(eventsPerSecondMinute),
            "events_per_second_history": .array(eventsPerSecondHistory.map(JSON.number)),
            "partitions": .array(partitions.map(\.json)),
            "projections": .array(projections.map(\.json)),
            "disk": disk.json,
            "recent": .array(recent.map(\.json)),
        ]
    }
}

extension Overview.Mode {
    var json: JSON {
        switch self {
        case .normal: ["state": "normal", "reason": nil]
        case .readOnly(let reason): ["state": "read-only", "reason": .string(reason)]
        }
    }
}

extension PartitionState {
    var json: JSON {
        [
            "partition": .integer(Int64(partition)),
            "frames": .unsigned(frames),
            "bytes": .unsigned(bytes),
            "last_recorded_at_ms": .maybe(lastRecordedAt, JSON.integer),
        ]
    }
}

extension ProjectionState {
    var json: JSON {
        [
            "name": .string(name),
            "version": .unsigned(UInt64(version)),
            "folded_frames": .unsigned(folded),
            "lag_frames": .unsigned(lagFrames),
            "lag_events": .unsigned(lagEvents),
            "lag_ms": .integer(lagMilliseconds),
            "parked": .unsigned(parked),
            "last_error": .maybe(lastError, JSON.string),
        ]
    }
}

extension DiskState {
    var json: JSON {
        [
            "total_bytes": .unsigned(total),
            "free_bytes": .unsigned(free),
            "log_bytes": .unsigned(log),
            "index_bytes": .unsigned(indexes),
            "used_per_mille": .unsigned(usedPerMille),
        ]
    }
}

extension FrameHead {
    var json: JSON {
        [
            "partition": .integer(Int64(partition)),
            "position": .unsigned(position),
            "revision": .unsigned(revision),
            "kind": .string(kind),
            "events": .integer(Int64(events)),
            "bytes": .integer(Int64(bytes)),
            "recorded_at_ms": .integer(recordedAt),
        ]
    }
}

extension Money {
    var json: JSON { ["amount": .string(decimal), "currency": .string(currency.description)] }
}

extension LocalizedName {
    var json: JSON { ["ko": .string(ko), "en": .string(en)] }
}

extension Listing {
    func json(_ item: (Element) -> JSON) -> JSON {
        [
            "items": .array(items.map(item)),
            "next_cursor": .maybe(next) { .string($0.description) },
        ]
    }
}

extension SubjectSummary {
    var json: JSON {
        [
            "id": .string(id),
            "frames": .unsigned(frames),
            "assets": .integer(Int64(assets)),
            "last_recorded_at_ms": .maybe(lastRecordedAt, JSON.integer),
        ]
    }
}

extension SubjectView {
    var json: JSON {
        [
            "id": .string(id),
            "cursor": .string(Cursor([frames]).description),
            "assets": .array(assets.map(\.json)),
            "totals": .array(totals.map(\.json)),
            "sources": .array(sources.map(\.json)),
        ]
    }
}

extension AssetLine {
    var json: JSON {
        [
            "id": .string(id),
            "kind": .string(kind.rawValue),
            "exact_kind": .string(exactKind.word),
            "provider": .string(provider),
            "name": .maybe(name, JSON.string),
            "balance": .maybe(balance, \.json),
            "balance_on": .maybe(balanceOn) { .string($0.description) },
            "points": .maybe(points, JSON.integer),
            "transactions": .unsigned(transactions),
        ]
    }
}

extension CurrencyTotal {
    var json: JSON { ["has": has.json, "owes": owes.json, "net": net.json] }
}

extension SourceLine {
    var json: JSON {
        let (word, reason): (String, JSON) =
            switch state {
            case .good: ("good", nil)
            case .stale: ("stale", nil)
            case .failed(let reason): ("failed", .string(reason))
            }
        return [
            "provider": .string(provider),
            "state": .string(word),
            "reason": reason,
            "last_good_at_ms": .maybe(lastGoodAt, JSON.integer),
            "next_due_at_ms": .maybe(nextDueAt, JSON.integer),
            "consent_ends_on": .maybe(consentEndsOn) { .string($0.description) },
            "events": .unsigned(events),
        ]
    }
}

extension SpendingView {
    var json: JSON {
        [
            "from": .string(from.description),
            "through": .string(through.description),
            "currency": .string(currency.description),
            "currencies": .array(currencies.map { .string($0.description) }),
            "spent": spent.json,
            "income": income.json,
            "spent_before": .maybe(spentBefore, \.json),
            "spent_trend": spentTrend.json,
            "income_trend": incomeTrend.json,
            "months": .array(months.map(\.json)),
            "categories": .array(
                categories.map {
                    [
                        "id": .string($0.id), "name": $0.name.json, "spent": $0.spent.json,
                        "count": .unsigned($0.count),
                    ]
                }
            ),
            "merchants": .array(
                merchants.map {
                    [
                        "name": .string($0.name), "spent": $0.spent.json,
                        "count": .unsigned($0.count),
                    ]
                }
            ),
            "recurring": .array(recurring.map(\.json)),
        ]
    }
}

extension SpendingTrend {
    var json: JSON {
        [
            "months": .integer(Int64(months)), "average": average.json,
            "slope_per_month": slope.json,
        ]
    }
}

extension MonthSpending {
    var json: JSON {
        [
            "month": .string(month.description),
            "spent": spent.json,
            "income": income.json,
            "by_category": .object(
                byCategory.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
            ),
        ]
    }
}

extension RecurringLine {
    var json: JSON {
        [
            "merchant": .string(merchant),
            "direction": .string(isIncoming ? "in" : "out"),
            "amount": amount.json,
            "interval": .string(interval.word),
            "count": .unsigned(count),
            "last_on": .string(lastOn.description),
            "next_on": .maybe(nextOn) { .string($0.description) },
        ]
    }
}

extension TransactionLine {
    var json: JSON {
        [
            "event": .string(event.description),
            "kind": .string(kind.rawValue),
            "day": .string(day.description),
            "merchant": .maybe(merchant, JSON.string),
            "amount": amount.json,
            "category": .maybe(category, JSON.string),
            "category_name": .maybe(categoryName, \.json),
            "link": .maybe(link, \.json),
        ]
    }
}

extension CategoryReason {
    var json: JSON {
        [
            "transaction": transaction.json,
            "rule": .string(rule),
            "rule_text": ruleText.json,
            "version": .string(version),
            "evidence": .array(
                evidence.map { ["field": .string($0.kind.word), "value": .string($0.value)] }
            ),
            "others": .unsigned(others),
        ]
    }
}

extension Interval {
    /// Its stable word.
    var word: String {
        switch self {
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .quarterly: "quarterly"
        case .halfYearly: "half-yearly"
        case .yearly: "yearly"
        }
    }
}

extension Evidence {
    /// Its stable word.
    var word: String {
        switch self {
        case .bankKind: "bank-kind"
        case .bankMemo: "bank-memo"
        case .merchantText: "merchant-text"
        case .mcc: "mcc"
        case .ksic: "ksic"
        case .merchantWord: "merchant-word"
        case .expense: "expense"
        case .fallback: "fallback"
        case .payment: "payment"
        case .person: "person"
        }
    }
}
