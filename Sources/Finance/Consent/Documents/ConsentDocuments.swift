/// Documents for the person: the transfer history, and the yearly notice of what was received,
/// handed on and deleted (Credit Information Act, Decree 18-6(10)).
public enum ConsentDocuments {
    /// The history as Markdown, in Korean.
    public static func history(_ history: TransferHistory) -> String {
        var lines = [
            "# 개인신용정보 전송내역", "",
            "기간: \(history.days.lowerBound) ~ \(history.days.upperBound)", "",
            "| 일시 | 구분 | 상대방 | 내용 |", "| --- | --- | --- | --- |",
        ]
        lines += history.shown.map { entry in
            row([
                time(entry.at), TransferHistory.text(entry.kind), party(entry.party), entry.text,
            ])
        }
        if history.omittedCount > 0 {
            lines += ["", "이전 \(history.omittedCount)건은 생략되었습니다."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The history for programs; every value is a text.
    public static func historyJSON(_ history: TransferHistory) -> StandardJSON {
        .object([
            ("from_date", .text(StandardTime.date(history.days.lowerBound))),
            ("to_date", .text(StandardTime.date(history.days.upperBound))),
            ("omitted_cnt", .number(history.omittedCount)),
            ("history_cnt", .number(history.shown.count)),
            (
                "history_list",
                .list(
                    history.shown.map { entry in
                        .object([
                            ("dtime", .text(StandardTime.dtime(entry.at))),
                            ("kind", .text(entry.kind.rawValue)),
                            ("party", .text(entry.party)), ("text", .text(entry.text)),
                        ])
                    }
                )
            ),
        ])
    }

    /// The yearly notice as Markdown, in Korean: what stands in the register now and what happened
    /// in the days of the history.
    public static func notice(
        _ history: TransferHistory,
        register: TransferRegister
    ) -> String {
        var lines = [
            "# 개인신용정보 전송·이용내역 통지", "",
            "대상 기간: \(history.days.lowerBound) ~ \(history.days.upperBound)", "",
            "## 정보제공자별 수신 내역", "",
            "| 정보제공자 | 정기 | 비정기 | 실패 | 최초 | 최근 |",
            "| --- | ---: | ---: | ---: | --- | --- |",
        ]
        lines += history.sums.sorted { $0.key < $1.key }.map { provider, sums in
            row([
                provider, "\(sums.scheduled)", "\(sums.irregular)", "\(sums.failed)",
                sums.lastAt < sums.firstAt ? "-" : day(sums.firstAt),
                sums.lastAt < sums.firstAt ? "-" : day(sums.lastAt),
            ])
        }
        lines += ["", "## 유효한 전송요구", "", "| 정보제공자 | 범위 | 목적 | 종료일 | 정기적 전송 |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += register.liveRequests.filter { $0.holds(on: history.days.upperBound) }.map {
            row([
                $0.provider, $0.terms.scope.text, $0.terms.purpose, "\($0.terms.endsOn)",
                $0.terms.isScheduled ? "\($0.terms.basicCycleDays)일마다" : "아니오",
            ])
        }
        lines += ["", "## 제3자 제공 내역", "", "| 일시 | 받는 자 | 목적 | 항목 | 보유기간 |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += history.handOvers.map {
            row([time($0.at), $0.recipientName, $0.purpose, $0.items, $0.period])
        }
        lines += ["", "## 삭제 내역", "", "| 요구일시 | 대상 | 사유 | 완료일시 |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += register.deletions.filter { isWithin($0.askedAt, history.days) }.map {
            row([
                time($0.askedAt), party($0.scope.provider), TransferHistory.text($0.reason),
                $0.completion.map { time($0.at) } ?? "진행 중",
            ])
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func isWithin(_ at: Int64, _ days: ClosedRange<CivilDate>) -> Bool {
        CivilDate(secondsSinceEpoch: at).map(days.contains) ?? false
    }

    private static func party(_ code: String) -> String { code.isEmpty ? "전체" : code }

    private static func day(_ at: Int64) -> String {
        CivilDate(secondsSinceEpoch: at)?.description ?? "-"
    }

    /// `2026-11-21 12:00:00`, in Korea.
    private static func time(_ at: Int64) -> String {
        let digits = Array(StandardTime.dtime(at).suffix(6)).map(String.init)
        return day(at)
            + " \(digits[0])\(digits[1]):\(digits[2])\(digits[3]):\(digits[4])\(digits[5])"
    }

    /// A row of a table; what stands in a cell cannot end it.
    private static func row(_ cells: [String]) -> String {
        let texts = cells.map { cell in
            String(cell.map { $0 == "|" ? "/" : $0.isNewline ? " " : $0 })
        }
        return "| " + texts.joined(separator: " | ") + " |"
    }
}

extension TransferHistory {
    /// The entries that a document shows.
    var shown: ArraySlice<Entry> { entries.suffix(Self.entriesMax) }
    /// Those that it does not.
    var omittedCount: UInt64 { droppedCount + UInt64(entries.count - shown.count) }
}
