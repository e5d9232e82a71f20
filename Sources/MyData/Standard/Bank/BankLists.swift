internal import Finance

/// The account list of banks, from which everything else follows.
enum BankLists {
    /// 은행-001.
    static let accounts = AnswerMap(
        list: "account_list",
        count: "account_cnt",
        body: [.day("reg_date", .should) { $0.day = $1 }],
        of: AccountRow.init,
        [
            .word("account_num", 20, .must) { $0.number = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .word("seqno", 7) { $0.seqno = $1 },
            .flag("is_foreign_deposit") { $0.listed.foreignCurrency = $1 },
            .text("prod_name", 300, .should) { $0.listed.productName = $1 },
            .flag("is_minus") { $0.listed.overdraft = $1 },
            .codeNumber("account_type", 4, .must) { $0.listed.accountType = $1 },
            .code("account_status", 2, .should) { $0.listed.status = $1 },
        ]
    ) { (account, notes, page) throws(AnswerFault) in
        var listed = account.listed
        listed.customerSince = page.body.day
        let kind = kind(ofType: listed.accountType)
        page.list(
            kind,
            account.key,
            isRequested: listed.requested,
            account.calls(apis(kind, isOverdraft: listed.overdraft)),
            page.encoded(.accountListed(listed), notes)
        )
    }

    /// What an account is by its type, 1001-3999.
    static func kind(ofType type: UInt32) -> AssetKind {
        switch type {
        case 2003, 2004: .isa
        case 1000...1999: .deposit
        case 2000...2999: .fund
        case 3000...3999: .loan
        default: .unspecified
        }
    }

    private static func apis(_ kind: AssetKind, isOverdraft: Bool) -> [ProviderAPI] {
        let loan: [ProviderAPI] = [.bank008, .bank009, .bank010]
        return switch kind {
        case .deposit:
            [.bank002, .bank003, .bank014, .bank004] + (isOverdraft ? loan : [])
        case .fund: [.bank005, .bank006, .bank007]
        case .isa: [.bank011, .bank013, .bank012]
        case .loan: loan
        default: []
        }
    }
}

/// A row of an account list.
struct AccountRow {
    var number = ""
    var seqno = ""
    var listed = AccountListed()

    /// Number, with the round after a slash where the provider splits accounts by round.
    var key: String { AssetKey.join(number, seqno.isEmpty ? nil : seqno) }

    /// The same calls for every account.
    func calls(_ apis: [ProviderAPI]) -> [StandardCall] {
        var parameters = [StandardCall.Parameter("account_num", number)]
        if !seqno.isEmpty { parameters.append(StandardCall.Parameter("seqno", seqno)) }
        return apis.map { StandardCall($0, parameters) }
    }
}
