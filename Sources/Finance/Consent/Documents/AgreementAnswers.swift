/// One hand-over to a third party, as it was recorded.
public struct HandOver: Hashable, Sendable {
    /// The agreement's number at the portal.
    public var number: String
    /// When, in seconds since 1970-01-01 UTC.
    public var at: Int64
    /// org_code of who handed it over.
    public var senderCode: String
    /// Who received it.
    public var recipientName: String
    /// What for.
    public var purpose: String
    /// How long it may be kept there.
    public var period: String
    /// What, in words.
    public var items: String
    /// Whether the person got something for it.
    public var isRewarded: Bool

    /// A hand-over from its event; nil of another event.
    public init?(_ event: Event) {
        guard case .thirdPartyProvided(let provided) = event.fact else { return nil }
        (number, at, senderCode) = (provided.number, event.occurredAt, provided.senderCode)
        (recipientName, purpose) = (provided.recipientName, provided.purpose)
        (period, items, isRewarded) = (provided.period, provided.items, provided.rewarded)
    }
}

/// What the operator answers to the portal about third-party provision: 지원-105 and 지원-106, v2.
public enum AgreementAnswers {
    /// Rows of one answer of 지원-106 at most, as `limit` allows elsewhere.
    public static let rowsMax = 500

    /// 지원-105: every agreement to third-party provision, the newest first.
    ///
    /// `operatorCode` is the operator's org_code.
    public static func agreements(
        of register: TransferRegister,
        operatorCode: String
    ) -> StandardJSON {
        let all = register.agreements.values
            .filter { $0.terms.kind == .thirdPartyProvision }
            .sorted { ($1.grantedAt, $1.id) < ($0.grantedAt, $0.id) }
        return .answer([
            ("prov_consent_cnt", .number(all.count)),
            ("prov_consent_list", .list(all.map { row($0, operatorCode) })),
        ])
    }

    private static func row(_ agreement: Agreement, _ operatorCode: String) -> StandardJSON {
        let terms = agreement.terms
        var members: [(String, StandardJSON)] = [
            ("prov_consent_num", .text(terms.number)),
            ("prov_consent_status", .text("0\(agreement.status.rawValue)")),
            ("is_once", .flag(terms.isOnce)),
        ]
        if let at = agreement.withdrawnAt {
            members.append(("prov_revoke_dtime", .text(StandardTime.dtime(at))))
        }
        let texts: [(String, String)] = [
            ("revoke_info", terms.revocationNote), ("prov_service_name", terms.serviceName),
            ("prov_consent_name", terms.consentName),
            ("prov_consent_dtime", StandardTime.dtime(agreement.grantedAt)),
            ("snd_org_code", operatorCode), ("consent_rcv_name", terms.recipientName),
            ("prov_consent_purpose", terms.purpose), ("prov_consent_period", terms.period),
        ]
        // Absent is absent: empty texts are not sent.
        members += texts.filter { !$0.1.isEmpty }.map { ($0.0, .text($0.1)) }
        return .object(members)
    }

    /// 지원-106: hand-overs under an agreement between two instants, both included, the newest
    /// first.
    ///
    /// `page` is the `next_page` of the answer before; nil is the first page.
    /// - Returns: nil when `page` is not one of this answer's.
    public static func handOvers(
        _ all: [HandOver],
        under number: String,
        between range: ClosedRange<Int64>,
        page: String? = nil,
        limit: Int = AgreementAnswers.rowsMax
    ) -> StandardJSON? {
        let found = all.filter { $0.number == number && range.contains($0.at) }
        // The same order on every page, also of hand-overs in one second.
        let ordered = found.enumerated().sorted {
            ($1.element.at, $1.offset) < ($0.element.at, $0.offset)
        }.map(\.element)
        guard let start = page.map({ Int($0) }) ?? 0, (0...ordered.count).contains(start) else {
            return nil
        }
        let end = min(ordered.count, start + max(1, min(limit, rowsMax)))
        let rows = ordered[start..<end].map { row($0) }
        return .answer(
            (end < ordered.count ? [("next_page", .number(end))] : [])
                + [("prov_cnt", .number(rows.count)), ("prov_list", .list(rows))]
        )
    }

    private static func row(_ handOver: HandOver) -> StandardJSON {
        .object([
            ("snd_org_code", .text(handOver.senderCode)),
            ("prov_rcv_name", .text(handOver.recipientName)),
            ("prov_purpose", .text(handOver.purpose)),
            ("prov_period", .text(handOver.period)),
            ("prov_asset", .text(handOver.items)),
            ("is_reward", .flag(handOver.isRewarded)),
            ("prov_dtime", .text(StandardTime.dtime(handOver.at))),
        ])
    }

    /// The agreement that 지원-107 wants withdrawn; nil when the number is none.
    public static func agreement(
        _ number: String,
        in register: TransferRegister
    ) -> Agreement? {
        register.agreements.values.first {
            $0.terms.kind == .thirdPartyProvision && $0.terms.number == number
        }
    }

    /// 지원-107, done: also of an agreement that was withdrawn before.
    public static let revoked = StandardJSON.answer([])

    /// 지원-106 or -107 with a number that is none, or another parameter that is wrong: 40001.
    public static let unknown = refusal(40_001, "요청 파라미터 오류")
    /// An org_code that is not this operator's: 40303.
    public static let operatorUnknown = refusal(40_303, "등록되지 않은 기관코드")
    /// A CI that is nobody's: 40403.
    public static let personUnknown = refusal(40_403, "존재하지 않는 정보주체")

    private static func refusal(_ code: UInt32, _ message: String) -> StandardJSON {
        .object([("rsp_code", .text("\(code)")), ("rsp_msg", .text(message))])
    }

    /// Seconds since 1970-01-01 UTC of a DTIME, YYYYMMDDhhmmss in Korea; nil of another text.
    public static func instant(_ dtime: String) -> Int64? {
        let digits = dtime.utf8.map { Int64($0) - 48 }
        guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }),
            let date = UInt32(dtime.prefix(8)), let day = CivilDate(digits: date)
        else { return nil }
        let hour = digits[8] * 10 + digits[9]
        let minute = digits[10] * 10 + digits[11]
        let second = digits[12] * 10 + digits[13]
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let local = Int64(day.daysSinceEpoch) * 86_400 + hour * 3_600 + minute * 60 + second
        return local - 540 * 60
    }
}
