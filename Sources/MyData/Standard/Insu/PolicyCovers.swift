internal import Finance

/// What a policy covers.
enum PolicyCovers {
    /// 보험-003, asked for one insured person.
    static let contracts = AnswerMap(
        list: "contract_list",
        count: "contract_cnt",
        of: PolicyCoverReported.init,
        [
            .text("contract_name", 300, .must) { $0.name = $1 },
            .code("contract_status", 2, .should) { $0.status = $1 },
            .day("contract_exp_date", .should) { $0.maturesOn = $1 },
            .money("contract_face_amt", .must) { $0.faceAmount = $1 },
            .currency { $0.currency = $1 },
            .flag("is_required", .should) { $0.required = $1 },
        ]
    ) { (cover, notes, page) throws(AnswerFault) in
        var cover = cover
        cover.insuredNumber = page.call["insured_no"] ?? ""
        page.append(.policyCoverReported(cover), notes)
    }

    /// 보험-012: amounts are in thousands of won.
    static let coverages = AnswerMap(
        list: "coverage_list",
        count: "coverage_cnt",
        of: PolicyCoverReported.init,
        [
            .word("subject", 1, .should) { $0.subject = $1 },
            .word("relation", 2, .should) { $0.relation = $1 },
            .code("status", 2, .should) { $0.status = $1 },
            .word("coverage_code", 5, .must) { $0.coverageCode = $1 },
            .codeNumber("type", 1) { $0.coverageType = $1 },
            .word("coverage_num", 20, .must) { $0.coverageNumber = $1 },
            .text("coverage_name", 300) { $0.name = $1 },
            .exact("coverage_amt", .integer(10), .must, unit: 0) {
                $0.faceAmount = $1 * 1_000_000
            },
            .day("start_date") { $0.startsOn = $1 },
            .day("end_date") { $0.maturesOn = $1 },
        ]
    ) { (cover, notes, page) throws(AnswerFault) in
        page.append(.policyCoverReported(cover), notes)
    }

    /// 보험-004: each car, and the call for its premiums.
    static let cars = AnswerMap(
        list: "car_insu_list",
        count: "car_insu_cnt",
        of: CarCoverReported.init,
        [
            .text("car_number", 17, .must) { $0.carNumber = $1 },
            .codeNumber("car_insu_type", 2, .should) { $0.insuranceType = $1 },
            .text("car_name", 60, .should) { $0.carName = $1 },
            .day("start_date", .should) { $0.startsOn = $1 },
            .day("end_date", .should) { $0.endsOn = $1 },
            .text("contract_age", 60, .should) { $0.ageClause = $1 },
            .text("contract_driver", 60, .should) { $0.driverClause = $1 },
            .flag("is_own_dmg_coverage", .should) { $0.ownDamage = $1 },
            .code("self_pay_rate", 2) { $0.deductibleRate = $1 },
            .money("self_pay_amt", whole: 15) { $0.deductible = $1 },
        ]
    ) { (cover, notes, page) throws(AnswerFault) in
        page.append(.carCoverReported(cover), notes)
        guard let policy = page.call["insu_num"] else { return }
        page.call(
            .insu007,
            [.init("insu_num", policy), .init("car_number", cover.carNumber)]
        )
    }
}
