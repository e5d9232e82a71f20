internal import FoundationEssentials
internal import SwiftProtobuf

extension TransferRegister {
    /// Agrees to something other than a transfer.
    ///
    /// - Throws: `.notForMinors` for giving a minor's data away, `.textMissing` when what the
    ///   person must be told before agreeing is not there.
    public func decide(
        _ command: GrantConsent,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        let age = try member(on: today)
        let terms = command.terms
        guard agreements[command.id] == nil else { throw .idTaken }
        guard agreements.values.count(where: { !$0.hasEnded }) < Self.agreementsMax,
            terms.assets.count <= RequestTerms.assetsMax
        else { throw .tooMany }
        for text in AgreementTerms.texts
        where terms[keyPath: text.field].utf8.count > text.bytesMax { throw .textTooLong }
        guard !terms.consentName.isEmpty, !terms.purpose.isEmpty, !terms.period.isEmpty else {
            throw .textMissing
        }
        if terms.kind == .thirdPartyProvision {
            guard age == .adult else { throw .notForMinors }
            guard !terms.number.isEmpty, !terms.recipientName.isEmpty else { throw .textMissing }
            guard !agreements.values.contains(where: { $0.terms.number == terms.number }) else {
                throw .idTaken
            }
        }
        guard terms.endsOn ?? today >= today else { throw .endDateOutOfRange }
        return [.consent(now) { $0.consentGranted = terms.message(command.id) }]
    }

    /// Moves an agreement's withdrawal a step on; the person may ask whether a member or not.
    ///
    /// - Throws: `.agreementUnknown`, `.stepOutOfOrder`.
    public func decide(
        _ command: WithdrawConsent,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard let agreement = agreements[command.id] else { throw .agreementUnknown }
        guard agreement.status.leads(to: command.step) else { throw .stepOutOfOrder }
        return [.step(of: agreement, to: command.step, at: now)]
    }

    /// Records a hand-over to a third party; refused, it must not happen.
    ///
    /// - Throws: `.agreementUnknown`, `.agreementEnded` also for a second hand-over under an
    ///   agreement for one, `.notForMinors`.
    public func decide(
        _ command: RecordProvision,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard try member(on: today) == .adult else { throw .notForMinors }
        guard let agreement = agreements[command.id],
            agreement.terms.kind == .thirdPartyProvision
        else { throw .agreementUnknown }
        guard agreement.holds(on: today) else { throw .agreementEnded }
        guard !command.items.isEmpty, !command.senderCode.isEmpty else { throw .textMissing }
        // AH(5000) and aN(10) of 지원-106.
        guard command.items.utf8.count <= 5_000, command.senderCode.utf8.count <= 10 else {
            throw .textTooLong
        }
        return [
            .consent(now) { event in
                event.thirdPartyProvided.consent = Data(agreement.id.bytes)
                event.thirdPartyProvided.number = agreement.terms.number
                event.thirdPartyProvided.senderCode = command.senderCode
                event.thirdPartyProvided.recipientName = agreement.terms.recipientName
                event.thirdPartyProvided.purpose = agreement.terms.purpose
                event.thirdPartyProvided.period = agreement.terms.period
                event.thirdPartyProvided.items = command.items
                event.thirdPartyProvided.rewarded = command.isRewarded
            }
        ]
    }
}

extension TransferRegister {
    /// Records that a document was given to the person, member or not.
    public func decide(_ command: SendNotice, at now: Int64) -> [Event] {
        precondition(command.digest.count == 32, "a SHA-256")
        return [
            .consent(now) { event in
                event.noticeSent.kind = command.kind
                event.noticeSent.fromOn = command.days.lowerBound.digits
                event.noticeSent.toOn = command.days.upperBound.digits
                event.noticeSent.digest = Data(command.digest)
            }
        ]
    }
}

extension Event {
    static func step(
        of agreement: Agreement,
        to status: ProvisionStatus,
        at now: Int64
    ) -> Event {
        .consent(now) { event in
            event.consentWithdrawn.consent = Data(agreement.id.bytes)
            event.consentWithdrawn.number = agreement.terms.number
            event.consentWithdrawn.status = status
        }
    }
}
