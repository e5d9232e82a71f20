/// Why a consent's command or a permit is refused: a fact that the asker can be told.
public enum ConsentRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// The person never joined.
    case notAMember
    /// The person left.
    case leftService
    /// The membership's last day has passed.
    case membershipEnded
    /// Under 14.
    case tooYoung
    /// The membership would last less than a year or more than five.
    case membershipTermOutOfRange
    /// Nothing would be other than it is.
    case nothingToChange
    /// The id is taken.
    case idTaken
    /// The provider's org_code is no code.
    case providerMalformed
    /// The scope has words of several industries, or lacks the list.
    case scopeMalformed
    /// An asset of a kind that the scope does not open.
    case assetOutsideScope
    /// Of a minor only deposits and debit or prepaid products may be asked, for their own view.
    case notForMinors
    /// The last day is past, or more than a year away.
    case endDateOutOfRange
    /// Regular transfer is every 1 to 4 weeks or every day; without it there is no cycle.
    case cycleOutOfRange
    /// The data would go before the request ends.
    case retentionTooShort
    /// A text that the law asks for is missing.
    case textMissing
    /// A text is longer than the standard allows.
    case textTooLong
    /// There is no signed request.
    case notSigned
    /// More requests or agreements are in force than the register takes.
    case tooMany
    /// No request was made to this provider.
    case notRequested
    /// No request has this id at this provider.
    case requestUnknown
    /// The request's last day has passed.
    case requestExpired
    /// The request was withdrawn.
    case requestWithdrawn
    /// Another request took its place.
    case requestReplaced
    /// Its token was issued twice: nothing may be asked for until a new request.
    case requestSuspended
    /// Why it is asked is not one of the standard's four.
    case triggerUnknown
    /// The person did not ask for regular transfer.
    case notScheduled
    /// Half a year without signing in: regular transfer stops.
    case inactive
    /// The first request does not end within a month.
    case tooEarlyToExtend
    /// The data is being deleted.
    case deletionOwed
    /// No agreement has this id.
    case agreementUnknown
    /// The agreement was withdrawn, is used up, or has ended.
    case agreementEnded
    /// An agreement's withdrawal goes from 01 to 02, then to 03 or 04.
    case stepOutOfOrder
    /// No token was issued twice, or nothing came in with it.
    case nothingToPurge
    /// No such deletion is owed.
    case noDeletionOwed
}

extension ConsentRefusal: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .notAMember: "The person has not joined the service."
        case .leftService: "The person has left the service."
        case .membershipEnded: "The membership has ended."
        case .tooYoung: "Persons under 14 cannot join."
        case .membershipTermOutOfRange: "A membership lasts from one to five years."
        case .nothingToChange: "That is how it is already."
        case .idTaken: "The id is taken."
        case .providerMalformed: "The provider's code is malformed."
        case .scopeMalformed: "The scope is not of one industry with its list."
        case .assetOutsideScope: "The scope does not open an asset that is asked for."
        case .notForMinors: "This may not be asked of a minor."
        case .endDateOutOfRange: "A transfer request ends within a year from today."
        case .cycleOutOfRange: "Regular transfer is daily or every one to four weeks."
        case .retentionTooShort: "The data would be deleted before the request ends."
        case .textMissing: "A text that must be shown to the person is missing."
        case .textTooLong: "A text is longer than the standard allows."
        case .notSigned: "The request is not signed."
        case .tooMany: "Too many are in force at once."
        case .notRequested: "There is no transfer request to this provider."
        case .requestUnknown: "The provider has no transfer request with this id."
        case .requestExpired: "The transfer request has expired."
        case .requestWithdrawn: "The transfer request was withdrawn."
        case .requestReplaced: "Another transfer request took its place."
        case .requestSuspended: "The provider issued the token twice; a new request is needed."
        case .triggerUnknown: "The reason for asking is none of the standard's."
        case .notScheduled: "The person did not ask for regular transfer."
        case .inactive: "Regular transfer stopped: six months without signing in."
        case .tooEarlyToExtend: "A request can be extended from a month before its end."
        case .deletionOwed: "The data is being deleted."
        case .agreementUnknown: "There is no agreement with this id."
        case .agreementEnded: "The agreement is no longer in force."
        case .stepOutOfOrder: "The agreement's withdrawal is not at this step."
        case .nothingToPurge: "Nothing came in by mistake."
        case .noDeletionOwed: "No such deletion is owed."
        }
    }

    /// What programs and translations call it: `consent-request-expired`.
    public var key: String {
        "consent-"
            + rawValue.flatMap { $0.isUppercase ? ["-", Character($0.lowercased())] : [$0] }
    }
}
