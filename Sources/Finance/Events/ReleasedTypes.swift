/// The types that this build knows, each by the field number of its message in `Event.fact`.
///
/// A number is given once and never again; a new version of a fact gets a number of its own.
/// Source: Schemas/jangbu/v1/event.proto.
extension EventType {
    /// A compartment's key of one epoch was wrapped for one holder.
    public static let keyWrapped = EventType(rawValue: 10)
    /// The operator key of a subject was replaced and the keys that remain were wrapped under the
    /// new one.
    public static let keysRewrapped = EventType(rawValue: 11)
    /// A subject or one of its compartments was erased: its keys are destroyed.
    public static let shredded = EventType(rawValue: 12)
    /// A person became a subject of this ledger.
    public static let subjectEnrolled = EventType(rawValue: 13)
    /// A compartment of a subject was opened; for an asset, this says which one it is.
    public static let compartmentOpened = EventType(rawValue: 14)
    /// Totals over subjects were closed, so that they outlive erasures.
    public static let projectionTotalClosed = EventType(rawValue: 15)
    /// A file was imported; rows = events + duplicates + rejected.
    public static let importCompleted = EventType(rawValue: 16)
    /// A person asked a provider to send their data to the operator.
    public static let transferRequested = EventType(rawValue: 20)
    /// A transfer request was replaced by one with other terms.
    public static let transferRequestChanged = EventType(rawValue: 21)
    /// A transfer request got a later end date.
    public static let transferRequestExtended = EventType(rawValue: 22)
    /// A transfer request reached its end date.
    public static let transferRequestExpired = EventType(rawValue: 23)
    /// A transfer request was withdrawn.
    public static let transferRequestWithdrawn = EventType(rawValue: 24)
    /// A person agreed to something other than a transfer request.
    public static let consentGranted = EventType(rawValue: 25)
    /// An agreement was withdrawn, or its withdrawal went a step further.
    public static let consentWithdrawn = EventType(rawValue: 26)
    /// Data of the person was handed to a third party.
    public static let thirdPartyProvided = EventType(rawValue: 27)
    /// What a provider answered about one asset, or its list of assets, was taken in.
    public static let transferCompleted = EventType(rawValue: 28)
    /// A transfer was given up for now.
    public static let transferFailed = EventType(rawValue: 29)
    /// A provider issued a token for a transfer request.
    public static let tokenIssued = EventType(rawValue: 30)
    /// A token is no longer used.
    public static let tokenEnded = EventType(rawValue: 31)
    /// A person asked for data to be deleted.
    public static let deletionRequested = EventType(rawValue: 32)
    /// Data was deleted: the receipt.
    public static let deletionCompleted = EventType(rawValue: 33)
    /// Data that was received by mistake was removed.
    public static let dataPurged = EventType(rawValue: 34)
    /// A person joined the service.
    public static let serviceJoined = EventType(rawValue: 35)
    /// A person left the service; all requests end and all data goes.
    public static let serviceLeft = EventType(rawValue: 36)
    /// A person signed in.
    public static let personSignedIn = EventType(rawValue: 37)
    /// A document that the law asks for was given to the person.
    public static let noticeSent = EventType(rawValue: 38)
    /// Somebody looked at data of the person.
    public static let dataAccessed = EventType(rawValue: 39)
    /// An account, loan or pension was listed by its provider, for the first time or with changed
    /// data.
    public static let accountListed = EventType(rawValue: 40)
    /// An asset is no longer there.
    public static let assetClosed = EventType(rawValue: 41)
    /// What is held of one product in an account was reported; value 0 and no quantity says that it
    /// is gone.
    public static let holdingReported = EventType(rawValue: 42)
    /// The state of a pension was reported.
    public static let pensionReported = EventType(rawValue: 43)
    /// Money went in or out of a pension or ISA.
    public static let pensionTransactionPosted = EventType(rawValue: 44)
    /// A movement that was recorded no longer stands; it is taken out of every sum.
    public static let transactionRetracted = EventType(rawValue: 45)
    /// An answer that breaks the standard was put aside.
    public static let payloadQuarantined = EventType(rawValue: 46)
    /// An answer that had been put aside is no longer: it was taken in after a fix, or is not
    /// needed.
    public static let quarantineReleased = EventType(rawValue: 47)
    /// An answer that had been put aside was read again and still breaks the standard, otherwise
    /// than before.
    public static let quarantineRetried = EventType(rawValue: 48)
    /// A loan was drawn, repaid or corrected.
    public static let loanTransactionPosted = EventType(rawValue: 50)
    /// What is owed on a loan was reported.
    public static let loanBalanceReported = EventType(rawValue: 51)
    /// The terms of a loan were reported, or agreed when it was granted.
    public static let loanTermsReported = EventType(rawValue: 52)
    /// How a loan stands or ended became known; never part of its terms, so that no model sees it
    /// early.
    public static let loanStatusReported = EventType(rawValue: 53)
    /// Money went in or out of a deposit account.
    public static let bankTransactionPosted = EventType(rawValue: 60)
    /// A deposit account's balance in one currency was reported.
    public static let balanceReported = EventType(rawValue: 61)
    /// The terms of a deposit account in one currency were reported.
    public static let depositTermsReported = EventType(rawValue: 62)
    /// The terms of a fund account at a bank were reported.
    public static let fundTermsReported = EventType(rawValue: 63)
    /// The value of a fund account at a bank was reported.
    public static let fundBalanceReported = EventType(rawValue: 64)
    /// A fund account at a bank was paid into, paid out or corrected.
    public static let fundTransactionPosted = EventType(rawValue: 65)
    /// A standing order of the account was reported.
    public static let scheduledTransferReported = EventType(rawValue: 66)
    /// A card purchase was approved.
    public static let cardApproved = EventType(rawValue: 80)
    /// An approval was cancelled; occurred-at is when, as far as the provider says.
    public static let cardApprovalCancelled = EventType(rawValue: 81)
    /// The amount of an approval was corrected.
    public static let cardApprovalCorrected = EventType(rawValue: 82)
    /// A card purchase was tried and declined; no money moved.
    public static let cardDeclined = EventType(rawValue: 83)
    /// The card company took in the sales slip of a purchase; negative is a capture that was
    /// undone.
    public static let cardPurchaseCaptured = EventType(rawValue: 84)
    /// A card was listed by its company, for the first time or with changed data.
    public static let cardListed = EventType(rawValue: 85)
    /// The terms of a card were reported.
    public static let cardTermsReported = EventType(rawValue: 86)
    /// A month's bill of a customer was issued.
    public static let cardBilled = EventType(rawValue: 87)
    /// A line of a bill was charged.
    public static let cardBillLineCharged = EventType(rawValue: 88)
    /// A payment that will fall due was announced.
    public static let cardPaymentScheduled = EventType(rawValue: 89)
    /// The revolving credit of a customer was reported.
    public static let revolvingCreditReported = EventType(rawValue: 90)
    /// The points of a customer were reported.
    public static let pointsReported = EventType(rawValue: 91)
    /// An approval turned out to be fraud.
    public static let cardFraudConfirmed = EventType(rawValue: 92)
    /// A cash advance on a card was reported.
    public static let cashAdvanceReported = EventType(rawValue: 93)
    /// Cash or securities moved in an investment account, as settled.
    public static let investTransactionPosted = EventType(rawValue: 100)
    /// An investment account was listed, for the first time or with changed data.
    public static let investAccountListed = EventType(rawValue: 101)
    /// The cash and loans of an investment account in one currency were reported.
    public static let investBalanceReported = EventType(rawValue: 102)
    /// A premium was paid.
    public static let premiumPaid = EventType(rawValue: 120)
    /// A policy was listed by its insurer, for the first time or with changed data.
    public static let policyListed = EventType(rawValue: 121)
    /// The terms of a policy were reported.
    public static let policyTermsReported = EventType(rawValue: 122)
    /// One cover of a policy, main contract or rider, was reported.
    public static let policyCoverReported = EventType(rawValue: 123)
    /// How and when premiums are to be paid was reported.
    public static let premiumScheduleReported = EventType(rawValue: 124)
    /// The cover of one car by a policy was reported.
    public static let carCoverReported = EventType(rawValue: 125)
    /// Money moved at a wallet or payment service: charged, sent, received, earned, paid or
    /// cancelled.
    public static let emoneyTransactionPosted = EventType(rawValue: 140)
    /// The balance of a prepaid wallet was reported.
    public static let prepaidBalanceReported = EventType(rawValue: 141)
    /// A prepaid wallet was listed, for the first time or with changed data.
    public static let prepaidWalletListed = EventType(rawValue: 142)
    /// A rule by which a wallet is charged was reported.
    public static let chargeRuleReported = EventType(rawValue: 143)
    /// An account at a payment service was listed, for the first time or with changed data.
    public static let paymentAccountListed = EventType(rawValue: 144)
    /// A means of payment registered at a payment service was reported.
    public static let paymentMethodReported = EventType(rawValue: 145)
    /// A payment of an operating lease was made.
    public static let leaseTransactionPosted = EventType(rawValue: 160)
    /// The terms of an operating lease were reported.
    public static let leaseTermsReported = EventType(rawValue: 161)
    /// A person put a transaction, or every one of a merchant, into another category.
    public static let categoryCorrected = EventType(rawValue: 180)
    /// A person said whether two transactions belong together; the last one of a pair holds.
    public static let linkDecided = EventType(rawValue: 181)
}

extension EventRegistry {
    /// The types of this build and their upcasters.
    ///
    /// - Throws: a bug of this build, which must not start.
    public static func released() throws(RegistryError) -> EventRegistry {
        try EventRegistry(releasedEntries)
    }

    static let releasedEntries: [Entry] = [
        Entry(.keyWrapped, "KeyWrapped"),
        Entry(.keysRewrapped, "KeysRewrapped"),
        Entry(.shredded, "Shredded"),
        Entry(.subjectEnrolled, "SubjectEnrolled"),
        Entry(.compartmentOpened, "CompartmentOpened"),
        Entry(.projectionTotalClosed, "ProjectionTotalClosed"),
        Entry(.importCompleted, "ImportCompleted"),
        Entry(.transferRequested, "TransferRequested"),
        Entry(.transferRequestChanged, "TransferRequestChanged"),
        Entry(.transferRequestExtended, "TransferRequestExtended"),
        Entry(.transferRequestExpired, "TransferRequestExpired"),
        Entry(.transferRequestWithdrawn, "TransferRequestWithdrawn"),
        Entry(.consentGranted, "ConsentGranted"),
        Entry(.consentWithdrawn, "ConsentWithdrawn"),
        Entry(.thirdPartyProvided, "ThirdPartyProvided"),
        Entry(.transferCompleted, "TransferCompleted"),
        Entry(.transferFailed, "TransferFailed"),
        Entry(.tokenIssued, "TokenIssued"),
        Entry(.tokenEnded, "TokenEnded"),
        Entry(.deletionRequested, "DeletionRequested"),
        Entry(.deletionCompleted, "DeletionCompleted"),
        Entry(.dataPurged, "DataPurged"),
        Entry(.serviceJoined, "ServiceJoined"),
        Entry(.serviceLeft, "ServiceLeft"),
        Entry(.personSignedIn, "PersonSignedIn"),
        Entry(.noticeSent, "NoticeSent"),
        Entry(.dataAccessed, "DataAccessed"),
        Entry(.accountListed, "AccountListed"),
        Entry(.assetClosed, "AssetClosed"),
        Entry(.holdingReported, "HoldingReported"),
        Entry(.pensionReported, "PensionReported"),
        Entry(.pensionTransactionPosted, "PensionTransactionPosted"),
        Entry(.transactionRetracted, "TransactionRetracted"),
        Entry(.payloadQuarantined, "PayloadQuarantined"),
        Entry(.quarantineReleased, "QuarantineReleased"),
        Entry(.quarantineRetried, "QuarantineRetried"),
        Entry(.loanTransactionPosted, "LoanTransactionPosted"),
        Entry(.loanBalanceReported, "LoanBalanceReported"),
        Entry(.loanTermsReported, "LoanTermsReported"),
        Entry(.loanStatusReported, "LoanStatusReported"),
        Entry(.bankTransactionPosted, "BankTransactionPosted"),
        Entry(.balanceReported, "BalanceReported"),
        Entry(.depositTermsReported, "DepositTermsReported"),
        Entry(.fundTermsReported, "FundTermsReported"),
        Entry(.fundBalanceReported, "FundBalanceReported"),
        Entry(.fundTransactionPosted, "FundTransactionPosted"),
        Entry(.scheduledTransferReported, "ScheduledTransferReported"),
        Entry(.cardApproved, "CardApproved"),
        Entry(.cardApprovalCancelled, "CardApprovalCancelled"),
        Entry(.cardApprovalCorrected, "CardApprovalCorrected"),
        Entry(.cardDeclined, "CardDeclined"),
        Entry(.cardPurchaseCaptured, "CardPurchaseCaptured"),
        Entry(.cardListed, "CardListed"),
        Entry(.cardTermsReported, "CardTermsReported"),
        Entry(.cardBilled, "CardBilled"),
        Entry(.cardBillLineCharged, "CardBillLineCharged"),
        Entry(.cardPaymentScheduled, "CardPaymentScheduled"),
        Entry(.revolvingCreditReported, "RevolvingCreditReported"),
        Entry(.pointsReported, "PointsReported"),
        Entry(.cardFraudConfirmed, "CardFraudConfirmed"),
        Entry(.cashAdvanceReported, "CashAdvanceReported"),
        Entry(.investTransactionPosted, "InvestTransactionPosted"),
        Entry(.investAccountListed, "InvestAccountListed"),
        Entry(.investBalanceReported, "InvestBalanceReported"),
        Entry(.premiumPaid, "PremiumPaid"),
        Entry(.policyListed, "PolicyListed"),
        Entry(.policyTermsReported, "PolicyTermsReported"),
        Entry(.policyCoverReported, "PolicyCoverReported"),
        Entry(.premiumScheduleReported, "PremiumScheduleReported"),
        Entry(.carCoverReported, "CarCoverReported"),
        Entry(.emoneyTransactionPosted, "EmoneyTransactionPosted"),
        Entry(.prepaidBalanceReported, "PrepaidBalanceReported"),
        Entry(.prepaidWalletListed, "PrepaidWalletListed"),
        Entry(.chargeRuleReported, "ChargeRuleReported"),
        Entry(.paymentAccountListed, "PaymentAccountListed"),
        Entry(.paymentMethodReported, "PaymentMethodReported"),
        Entry(.leaseTransactionPosted, "LeaseTransactionPosted"),
        Entry(.leaseTermsReported, "LeaseTermsReported"),
        Entry(.categoryCorrected, "CategoryCorrected"),
        Entry(.linkDecided, "LinkDecided"),
    ]
}
