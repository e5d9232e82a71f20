import Finance
import Foundation
import Testing

/// The documents for the person, against texts written by hand.
@Suite struct ConsentDocumentTests {
    /// A request, a transfer, a failure, a hand-over and a withdrawal with deletion, on one day.
    private func events(_ world: inout ConsentWorld) throws -> [Event] {
        var events: [Event] = []
        func take(_ more: [Event], _ world: inout ConsentWorld) throws {
            events += more
            try world.take(more)
        }
        let request = world.request()
        try take(world.register.decide(request, at: world.now, on: world.today), &world)
        var received = Event()
        received.occurredAt = world.now + 61
        received.transferCompleted.provider = ConsentWorld.bank
        received.transferCompleted.trigger = .scheduled
        received.transferCompleted.added = 12
        var call = TransferCall()
        (call.api, call.rows) = (.bank004, 12)
        received.transferCompleted.calls = [call]
        var failed = Event()
        failed.occurredAt = world.now + 62
        failed.transferFailed.provider = ConsentWorld.bank
        failed.transferFailed.api = .bank003
        failed.transferFailed.code = 50_001
        failed.transferFailed.attempts = 3
        try take([received, failed], &world)
        let agreement = world.agreement()
        try take(world.register.decide(agreement, at: world.now, on: world.today), &world)
        let provision = world.provision(agreement.id)
        try take(world.register.decide(provision, at: world.now + 63, on: world.today), &world)
        let withdrawal = WithdrawTransfer(provider: ConsentWorld.bank, isDeleting: true)
        try take(world.register.decide(withdrawal, at: world.now + 64, on: world.today), &world)
        return events
    }

    @Test func `the history says each thing once, in its order`() throws {
        var world = try ConsentWorld()
        var history = TransferHistory(world.today...world.today)
        for event in try events(&world) { history.take(event) }
        history.take(received(at: world.now - 86_400))
        #expect(
            ConsentDocuments.history(history)
                == """
                # 개인신용정보 전송내역

                기간: 2026-11-21 ~ 2026-11-21

                | 일시 | 구분 | 상대방 | 내용 |
                | --- | --- | --- | --- |
                | 2026-11-21 12:00:00 | 전송요구 | Z1BK010000 | \
                bank.list bank.deposit bank.loan, 2027-11-21까지, 통합조회 |
                | 2026-11-21 12:01:01 | 수신 | Z1BK010000 | 정기 전송, BA04, 12건 |
                | 2026-11-21 12:01:02 | 수신 실패 | Z1BK010000 | BA03, 응답코드 50001, 3회 시도 |
                | 2026-11-21 12:01:03 | 제3자 제공 | 들판보험대리점(주) | 보험 상품 비교 안내: 보험 계약 |
                | 2026-11-21 12:01:04 | 전송요구 종료 | Z1BK010000 | 철회(삭제 포함) |
                | 2026-11-21 12:01:04 | 삭제 요구 | Z1BK010000 | 전송요구 철회에 따른 삭제 |

                """
        )
        let json = String(decoding: ConsentDocuments.historyJSON(history).bytes, as: UTF8.self)
        #expect(json.hasPrefix(#"{"from_date":"20261121","to_date":"20261121","omitted_cnt":"0","#))
        #expect(json.contains(#""dtime":"20261121120101","kind":"received""#))
    }

    private func received(at seconds: Int64) -> Event {
        var event = Event()
        event.occurredAt = seconds
        event.transferCompleted.provider = ConsentWorld.bank
        return event
    }

    @Test func `the notice says what came, what holds, what was given and what went`() throws {
        var world = try ConsentWorld()
        var history = TransferHistory(world.today.adding(months: -12)...world.today)
        for event in try events(&world) { history.take(event) }
        try world.ask(ConsentWorld.card, world.terms("card.list card.card"))
        #expect(
            ConsentDocuments.notice(history, register: world.register)
                == """
                # 개인신용정보 전송·이용내역 통지

                대상 기간: 2025-11-21 ~ 2026-11-21

                ## 정보제공자별 수신 내역

                | 정보제공자 | 정기 | 비정기 | 실패 | 최초 | 최근 |
                | --- | ---: | ---: | ---: | --- | --- |
                | Z1BK010000 | 1 | 0 | 1 | 2026-11-21 | 2026-11-21 |

                ## 유효한 전송요구

                | 정보제공자 | 범위 | 목적 | 종료일 | 정기적 전송 |
                | --- | --- | --- | --- | --- |
                | Z1CD010000 | card.list card.card | 통합조회 | 2027-11-21 | 7일마다 |

                ## 제3자 제공 내역

                | 일시 | 받는 자 | 목적 | 항목 | 보유기간 |
                | --- | --- | --- | --- | --- |
                | 2026-11-21 12:01:03 | 들판보험대리점(주) | 보험 상품 비교 안내 | 보험 계약 | 동의일로부터 6개월 |

                ## 삭제 내역

                | 요구일시 | 대상 | 사유 | 완료일시 |
                | --- | --- | --- | --- |
                | 2026-11-21 12:01:04 | Z1BK010000 | 전송요구 철회에 따른 삭제 | 진행 중 |

                """
        )
    }

    @Test func `a history has a bound and says what it leaves out`() throws {
        let world = try ConsentWorld()
        var history = TransferHistory(world.today...world.today)
        let count = 2 * TransferHistory.entriesMax + 5
        for _ in 0..<count { history.take(received(at: world.now)) }
        #expect(history.entries.count < 2 * TransferHistory.entriesMax)
        #expect(history.sums[ConsentWorld.bank]?.irregular == UInt64(count))
        let omitted = count - TransferHistory.entriesMax
        #expect(ConsentDocuments.history(history).hasSuffix("이전 \(omitted)건은 생략되었습니다.\n"))
    }

    @Test func `a name cannot break out of its cell`() throws {
        var world = try ConsentWorld()
        var agreement = world.agreement()
        agreement.terms.recipientName = "a | b\nc"
        try world.take(world.register.decide(agreement, at: world.now, on: world.today))
        var history = TransferHistory(world.today...world.today)
        let provision = world.provision(agreement.id)
        for event in try world.register.decide(provision, at: world.now, on: world.today) {
            history.take(event)
        }
        #expect(ConsentDocuments.history(history).contains("| a / b c |"))
    }
}
