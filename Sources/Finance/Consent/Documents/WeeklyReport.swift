/// 지원-004 in its text of 2025-09: the weekly statistics that an operator sends to the portal, one
/// report a kind.
///
/// Sent on the Sunday after the week, and the same again when 지원-104 asks: it follows from the log.
public enum WeeklyReport {
    /// The body of one report.
    ///
    /// `inquiry_date` is the Sunday on which it is due.
    public static func body(
        of statistics: WeeklyStatistics,
        kind: WeeklyStatistics.Kind,
        clientID: String
    ) -> StandardJSON {
        .object([
            ("type", .number(kind.rawValue)),
            ("client_id", .text(clientID)),
            ("inquiry_date", .text(StandardTime.date(statistics.firstDay.adding(days: 7)))),
            ("stat_date_cnt", .text("7")),
            (
                "stat_date_list",
                .list(
                    statistics.days.enumerated().map { place, day in
                        date(day, place, statistics, kind)
                    }
                )
            ),
        ])
    }

    private static func date(
        _ day: CivilDate,
        _ place: Int,
        _ statistics: WeeklyStatistics,
        _ kind: WeeklyStatistics.Kind
    ) -> StandardJSON {
        var providers = Set(
            statistics.calls.keys.filter { $0.day == day && $0.kind == kind }.map(\.provider)
        )
        // Consents are counted once, with the irregular transfers that follow them.
        if kind == .irregular {
            providers.formUnion(statistics.consents.keys.filter { $0.day == day }.map(\.provider))
        }
        let organisations = providers.sorted().map { organisation($0, day, statistics, kind) }
        return .object([
            ("stat_date", .text(StandardTime.date(day))),
            ("svr_usr_cnt", .number(statistics.members[place])),
            ("trsms_dem_cnt", .number(statistics.askingMembers[place])),
            ("org_cnt", .number(organisations.count)),
            ("org_list", .list(organisations)),
        ])
    }

    private static func organisation(
        _ provider: String,
        _ day: CivilDate,
        _ statistics: WeeklyStatistics,
        _ kind: WeeklyStatistics.Kind
    ) -> StandardJSON {
        var members: [(String, StandardJSON)] = [("org_code", .text(provider))]
        if kind == .irregular {
            let key = WeeklyStatistics.ConsentKey(day: day, provider: provider)
            let sums = statistics.consents[key] ?? WeeklyStatistics.ConsentSums()
            members += [
                ("consent_new", .number(sums.new)), ("consent_revoke", .number(sums.revoked)),
                ("consent_own", .number(sums.own)),
            ]
        }
        let codes = Set(
            statistics.calls.keys
                .filter { $0.day == day && $0.provider == provider && $0.kind == kind }
                .map(\.code)
        ).sorted()
        let apis = codes.map { code in
            let slots = WeeklyStatistics.Slot.allCases.map { slot in
                let key = WeeklyStatistics.CallKey(
                    day: day,
                    provider: provider,
                    kind: kind,
                    code: code,
                    slot: slot
                )
                return self.slot(slot, statistics.calls[key] ?? WeeklyStatistics.CallSums())
            }
            return StandardJSON.object([
                ("api_type", .text(code)), ("tm_slot_cnt", .number(slots.count)),
                ("tm_slot_list", .list(slots)),
            ])
        }
        members += [("api_type_cnt", .number(apis.count)), ("api_type_list", .list(apis))]
        return .object(members)
    }

    private static func slot(
        _ slot: WeeklyStatistics.Slot,
        _ sums: WeeklyStatistics.CallSums
    ) -> StandardJSON {
        .object([
            ("tm_slot", .text("0\(slot.rawValue)")),
            ("rsp_avg", .number(sums.mean)),
            ("rsp_total", .number(sums.milliseconds)),
            ("rsp_stdev", .number(sums.deviation)),
            ("success_api_cnt", .number(sums.succeeded)),
            ("fail_api_cnt", .number(sums.failed)),
        ])
    }
}
