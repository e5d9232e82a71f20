/// Withdraws an agreement to third-party provision, as the portal asks for the person (지원-107).
public struct RevokeAgreement: Hashable, Sendable {
    /// The agreement's number at the portal.
    public var number: String

    /// A withdrawal.
    public init(_ number: String) { self.number = number }
}

extension TransferRegister {
    /// Ends an agreement at once: nothing may be handed over under it any more.
    ///
    /// It is withdrawing (02) until who received data says what became of it; where nothing was
    /// handed over there is nobody to wait for, and it is withdrawn (03). One that was withdrawn
    /// before stays as it is: nothing is recorded.
    ///
    /// - Throws: `.agreementUnknown`.
    public func decide(
        _ command: RevokeAgreement,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard let agreement = AgreementAnswers.agreement(command.number, in: self) else {
            throw .agreementUnknown
        }
        guard agreement.status == .normal else { return [] }
        let first = try decide(WithdrawConsent(id: agreement.id), at: now, on: today)
        guard agreement.handOverCount == 0 else { return first }
        return first + [.step(of: agreement, to: .withdrawn, at: now)]
    }
}
