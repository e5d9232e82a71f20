internal import Commands
internal import Finance
internal import MyData

/// What came of one call with all its pages.
struct CallResult: Sendable {
    /// How it ended.
    enum End: Sendable {
        /// All pages were read.
        case complete
        /// Nothing changed.
        case unchanged
        /// An answer breaks the standard.
        case quarantined(PayloadQuarantined)
        /// The asset is no longer there.
        case closed
        /// The provider does not have this API, or the request does not open it; what it said to
        /// the call, or nil when nothing was asked because it had said so before.
        case absent(Failure?)
        /// It was given up.
        case failed(Failure)
        /// It was not asked: the provider is being left alone, or the person's turn is over.
        case skipped
    }

    /// Why a call was given up, in words of the evidence, and what it means for the others.
    struct Failure: Sendable {
        var status: UInt32 = 0
        var code: UInt32 = 0
        var attempts: UInt32 = 0
        var reach: Reach

        enum Reach: Sendable {
            /// This call alone.
            case call
            /// All calls of the asset.
            case asset
            /// All calls of the person at this provider.
            case person
            /// The transfer request is over.
            case request
        }

        /// Whether the same call may be answered soon though neither it nor the person's agreement
        /// is another; where it is refused for what it is, it is refused the next time too.
        var isPassing: Bool {
            switch ResponseCode(rawValue: code) {
            case .versionNotAllowed, .addressNotAllowed, .certificateRefused,
                .organisationUnknown, .clientLimited:
                true
            case .tokenInvalid: false
            default:
                status == 0 || status == 429 || status >= 500 || (50_000...59_999).contains(code)
            }
        }
    }

    var call: StandardCall
    /// The evidence of it.
    var made: TransferCall
    var end: End
    /// Days asked for.
    var window: Window?
    /// Whether it is all that was answered; a page alone speaks for nothing that it does not have.
    var isWhole = true
    /// Assets, of a list.
    var assets: [ListedAsset] = []
    /// Events of all pages.
    var events: [UInt8] = []
    /// Calls that follow.
    var calls: [StandardCall] = []

    init(_ call: StandardCall, window: Window?, end: End = .skipped) {
        (self.call, self.window, self.end) = (call, window, end)
        made = TransferCall()
        made.api = call.api
        if let window {
            made.fromOn = window.days.lowerBound.digits
            made.toOn = window.days.upperBound.digits
        }
    }

    var isComplete: Bool {
        if case .complete = end { true } else { false }
    }

    /// Whether it was answered, with news or without.
    var isTaken: Bool {
        switch end {
        case .complete, .unchanged: true
        default: false
        }
    }

    var isClosed: Bool {
        if case .closed = end { true } else { false }
    }

    var isSkipped: Bool {
        if case .skipped = end { true } else { false }
    }

    /// Whether asking again would bring nothing; what a provider does not have today it may have
    /// tomorrow.
    var isSettled: Bool {
        switch end {
        case .complete, .unchanged, .closed: true
        case .absent, .quarantined, .failed, .skipped: false
        }
    }

    /// How far its failure reaches, if it failed.
    var failureReach: Failure.Reach? {
        if case .failed(let failure) = end { failure.reach } else { nil }
    }

    /// What it led to was not all answered: the next transfer is to be told of it again, so neither
    /// its mark nor its days count.
    mutating func unsettle() {
        guard !calls.isEmpty else { return }
        made.unsettled = true
    }

    /// Takes in what a page says.
    mutating func take(_ answer: borrowing Answer, isNew: Bool) {
        made.code = answer.code
        if let mark = answer.searchTimestamp, made.pages == 0 { made.searchTimestamp = mark }
        made.pages += 1
        guard isNew else { return }
        made.rows += UInt32(clamping: answer.rowCount)
        if events.isEmpty { events = answer.events } else { events += answer.events }
        assets += answer.assets
        calls += answer.calls
    }
}
