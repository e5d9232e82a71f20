internal import SwiftProtobuf

/// What one event says of one asset.
struct AssetUpdate {
    let at: Int64
    var figures: [IntegratedState.FigureKey: IntegratedState.Amount] = [:]
    var kind: UInt8?
    var provider: [UInt8]?
    var name: [UInt8]?
    var number: [UInt8]?
    var isClosure = false
    /// Whether the provider answered about the asset, so that its data is fresh.
    var isReport = true
    private var compartment: [UInt8]?

    init(at: Int64) { self.at = at }

    mutating func set(
        _ figure: IntegratedState.Figure,
        _ thousandths: Int64,
        _ currency: UInt32,
        product: UInt64 = 0
    ) {
        let code = UInt16(truncatingIfNeeded: min(currency == 0 ? 410 : currency, 65_535))
        let key = IntegratedState.FigureKey(figure: figure, currency: code, product: product)
        figures[key] = IntegratedState.Amount(thousandths: thousandths, asOf: at)
    }

    /// The asset that a control event names, or the frame's.
    func asset(else own: AssetID) throws(FoldError) -> AssetID {
        guard let compartment else { return own }
        guard let id = AssetID(compartment.span) else { throw .unrepresentable }
        return id
    }

    private static func text(_ text: String) -> [UInt8] {
        text.utf8Prefix(IntegratedState.textBytesMax)
    }

    mutating func read(_ event: borrowing EventView) throws(FoldError) {
        // Of all that it takes in only these come by the thousand: they are read in place.
        guard event.type == .emoneyTransactionPosted else {
            return try read(try event.decodedFact())
        }
        do throws(EventError) {
            // It does not say which of several accounts it is of: see `FigureScope.settled`.
            guard let wallet = try event.emoneyTransaction() else { return }
            if let balance = wallet.balanceAfter { set(.wallet, balance, wallet.currency) }
        } catch { throw .event(error) }
    }

    private mutating func read(_ fact: Event.OneOf_Fact) throws(FoldError) {
        switch fact {
        case .compartmentOpened(let opened):
            compartment = Array(opened.compartment)
            kind = UInt8(clamping: opened.assetKind.rawValue)
            provider = AssetUpdate.text(opened.provider)
            // "-" is all that a company says of a customer as a whole: bills, points, short loans.
            let key = opened.assetKey == "-" ? "" : opened.assetKey
            number = AssetUpdate.text(AssetUpdate.masked(key))
            isReport = false
        case .accountListed(let listed): name = AssetUpdate.text(listed.productName)
        case .investAccountListed(let listed): name = AssetUpdate.text(listed.accountName)
        case .cardListed(let listed):
            name = AssetUpdate.text(listed.cardName)
            if !listed.maskedNumber.isEmpty { number = AssetUpdate.text(listed.maskedNumber) }
        case .policyListed(let listed): name = AssetUpdate.text(listed.productName)
        case .prepaidWalletListed(let listed): name = AssetUpdate.text(listed.name)
        case .assetClosed: isClosure = true
        default: try readFigures(fact)
        }
    }

    private mutating func readFigures(_ fact: Event.OneOf_Fact) throws(FoldError) {
        switch fact {
        case .holdingReported(let held):
            let product = AssetUpdate.hash(
                "\(held.productCode)/\(held.side.rawValue)/\(held.credit.rawValue)"
            )
            set(.holding, held.value, held.currency, product: product)
        case .pensionReported(let pension):
            // Pension savings are the cash and holdings of their account: what is said of them as a
            // pension has no value.
            guard pension.scheme != .pensionSavings else { return }
            set(.pension, pension.value, pension.currency)
        case .fundBalanceReported(let fund): set(.holding, fund.appraisedValue, fund.currency)
        case .loanBalanceReported(let loan):
            let product = AssetUpdate.hash(AssetUpdate.loan(loan.loanNumber, loan.loanCount))
            set(.owed, loan.balance, loan.currency, product: product)
        case .loanTransactionPosted(let loan):
            guard loan.hasBalanceAfter else { return }
            let product = AssetUpdate.hash(loan.loanNumber)
            set(.owed, loan.balanceAfter, loan.currency, product: product)
        case .revolvingCreditReported(let credit):
            let name = "revolving/\(credit.requestedOn)"
            set(.owed, credit.remaining, 410, product: AssetUpdate.hash(name))
        case .cashAdvanceReported(let advance):
            let name = "advance/\(advance.lentAt)/\(advance.amount)"
            set(.owed, advance.balance, 410, product: AssetUpdate.hash(name))
        case .pointsReported(let points):
            // A figure is in thousandths, of a point as of a won.
            let (thousandths, overflow) = points.balance.multipliedReportingOverflow(by: 1_000)
            guard !overflow else { throw .overflow }
            set(.points, thousandths, 410, product: AssetUpdate.hash(points.name))
        case .investBalanceReported(let invest):
            set(.booked, invest.cash, invest.currency)
            if invest.hasAvailable { set(.available, invest.available, invest.currency) }
            set(.owed, invest.creditLoan, invest.currency, product: 1)
            set(.owed, invest.securedLoan, invest.currency, product: 2)
        case .prepaidBalanceReported(let wallet):
            set(.wallet, wallet.balance, wallet.currency, product: AssetUpdate.hash(wallet.account))
        default: break
        }
    }

    /// All but the last four letters as dots: a person knows their account by these.
    private static func masked(_ text: String) -> String {
        guard text.count > 4 else { return text }
        return "••••" + text.suffix(4)
    }

    /// What tells one loan of an asset from another; empty where the asset is the loan.
    static func loan(_ number: String, _ count: UInt32) -> String {
        number.isEmpty && count > 0 ? "#\(count)" : number
    }

    /// FNV-1a, 64 bits; the empty text is 0, so that an asset with one of a thing has product 0.
    static func hash(_ text: String) -> UInt64 {
        guard !text.isEmpty else { return 0 }
        return text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension String {
    /// At most `count` bytes of UTF-8, cut between letters.
    func utf8Prefix(_ count: Int) -> [UInt8] {
        let bytes = Array(utf8.prefix(count + 1))
        guard var end = bytes.indices.last, end == count else { return bytes }
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }
}
