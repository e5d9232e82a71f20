internal import Finance

/// What every provider answers about itself and about the transfer request.
enum CommonAPIs {
    /// No scope of its own: any token opens it.
    static let scope = "common"

    private static let industries = Industry.allCases.filter { $0 != .unspecified }

    static let all: [StandardAPI] = [
        StandardAPI(
            .common001,
            "정보제공-공통-001",
            "CM01",
            in: industries,
            .get,
            "/apis",
            .list,
            paged: false,
            conditional: false,
            .basic,
            scope: scope,
            offer
        ),
        StandardAPI(
            .common002,
            "정보제공-공통-002",
            "CM02",
            in: industries,
            .get,
            "/consents",
            .list,
            paged: false,
            conditional: false,
            .basic,
            scope: scope,
            terms
        ),
    ]

    private struct Offered: Sendable {
        var api = OfferedAPI(code: "", path: "")
    }

    /// 정보제공-공통-001.
    private static let offer = AnswerMap(
        list: "api_list",
        count: "api_cnt",
        body: [
            .word("version", 10, .should) { $0.version = $1 },
            .word("min_version", 10) { $0.versionMin = $1 },
        ],
        of: Offered.init,
        [
            .word("api_code", 4) { $0.api.code = $1 },
            .word("api_uri", 200, .must) { $0.api.path = $1 },
        ],
        finish: { page in
            page.answer.offer.version = page.body.version
            page.answer.offer.versionMin = page.body.versionMin
        }
    ) { (offered, _, page) throws(AnswerFault) in
        page.answer.offer.apis.append(offered.api)
    }

    /// 정보제공-공통-002.
    private static let terms = AnswerMap(
        of: TransferTerms.init,
        [
            .flag("is_scheduled", .must) { $0.isScheduled = $1 },
            .word("fnd_cycle", 5) { $0.basicCycle = $1 },
            .word("add_cycle", 5) { $0.additionalCycle = $1 },
            .day("end_date", .must) { $0.endsOn = $1 },
            .text("purpose", 150, .should) { $0.purpose = $1 },
            .day("period", .should) { $0.keptUntil = $1 },
            .flag("is_consent_trans_memo") { $0.includesMemo = $1 },
            .flag("is_consent_merchant_name_regno") { $0.includesMerchant = $1 },
            .flag("is_consent_trans_category") { $0.includesCategory = $1 },
        ]
    ) { (terms, _, page) throws(AnswerFault) in
        page.answer.terms = terms
    }
}
