// What a made-up person allowed, and what came of it.
import Finance
import Foundation
import SwiftProtobuf

extension TestStory {
    /// Requests, of which one is over; an agreement with a hand-over; a deletion with its receipt.
    mutating func agree() throws {
        let today = TestPerson.today
        try allow(today.adding(months: -10)) { event in
            event.serviceJoined.endsOn = today.adding(months: 14).digits
            event.serviceJoined.ageBand = .adult
        }
        let codes = TestStory.names.keys.sorted()
        for (number, code) in codes.enumerated() {
            try allow(today.adding(months: -10)) { event in
                event.transferRequested = .with {
                    $0.request = Data(repeating: UInt8(number + 1), count: 16)
                    $0.provider = code
                    $0.terms = .with {
                        $0.scope =
                            code.hasPrefix("B")
                            ? "card.list card.card card.bill" : "bank.list bank.deposit"
                        $0.scheduled = true
                        $0.basicCycle = 7
                        $0.additionalCycle = 7
                        $0.endsOn = today.adding(days: number == 0 ? 12 : 60).digits
                        $0.purpose = "자산 조회"
                    }
                }
            }
        }
        try allow(today.adding(days: -20)) { event in
            event.transferRequestWithdrawn = .with {
                $0.request = Data(repeating: UInt8(codes.count), count: 16)
                $0.provider = codes[codes.count - 1]
                $0.reason = .askedWithDeletion
            }
        }
        try handOver(today)
        for asked in [true, false] {
            try allow(today.adding(days: -20)) { event in
                if asked {
                    event.deletionRequested.provider = codes[codes.count - 1]
                    event.deletionRequested.reason = .withdrawnWithDeletion
                } else {
                    event.deletionCompleted.provider = codes[codes.count - 1]
                    event.deletionCompleted.reason = .withdrawnWithDeletion
                    event.deletionCompleted.compartments = [Data(Asset.investment.id.bytes)]
                    event.deletionCompleted.throughRevision = 41
                }
            }
        }
        for back in (0..<30).reversed() {
            try allow(today.adding(days: Int32(-back))) { event in
                event.transferCompleted.provider = codes[0]
                event.transferCompleted.trigger = .scheduled
                event.transferCompleted.added = UInt32(back)
            }
        }
        try allow(today) { event in
            event.transferFailed = .with {
                $0.provider = codes[1]
                $0.status = 500
                $0.code = 50_001
                $0.attempts = 4
            }
        }
    }

    private mutating func handOver(_ today: CivilDate) throws {
        let id = Data(repeating: 9, count: 16)
        try allow(today.adding(months: -2)) { event in
            event.consentGranted = .with {
                $0.consent = id
                $0.kind = .thirdPartyProvision
                $0.number = "2026-1"
                $0.consentName = "대출 비교를 위한 제공"
                $0.recipientName = "비교나라"
                $0.purpose = "대출 조건 비교"
                $0.period = "1년"
            }
        }
        try allow(today.adding(days: -9)) { event in
            event.thirdPartyProvided = .with {
                $0.consent = id
                $0.recipientName = "비교나라"
                $0.purpose = "대출 조건 비교"
                $0.items = "소득, 대출 잔액"
            }
        }
    }

    private mutating func allow(_ day: CivilDate, _ fill: (inout Event) -> Void) throws {
        var event = Event()
        event.occurredAt = TestStory.noon(day)
        fill(&event)
        if event.fact.map({ TestStory.isOfRegister($0) }) == true {
            try register.evolve(by: event)
        }
        consentEvents.append(event)
    }

    private static func isOfRegister(_ fact: Event.OneOf_Fact) -> Bool {
        switch fact {
        case .transferCompleted, .transferFailed: false
        default: true
        }
    }
}
