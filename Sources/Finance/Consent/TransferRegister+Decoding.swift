internal import SwiftProtobuf

extension TransferRegister {
    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        var reader = StateReader(bytes)
        membership = try reader.membership()
        lastSignInAt = try reader.optional()
        var keys = RisingKeys<ConsentID>()
        for _ in 0..<(try reader.count(through: Self.liveMax + Self.endedMax)) {
            let request = try reader.request()
            try keys.take(request.id)
            requests[request.id] = request
        }
        keys = RisingKeys()
        for _ in 0..<(try reader.count(through: Self.agreementsMax + Self.endedMax)) {
            let agreement = try reader.agreement()
            try keys.take(agreement.id)
            agreements[agreement.id] = agreement
        }
        for _ in 0..<(try reader.count(through: Self.owedMax + Self.endedMax)) {
            deletions.append(try reader.deletion())
        }
        for _ in 0..<(try reader.count(through: Self.endedMax)) {
            purges.append(try reader.purge())
        }
        for _ in 0..<(try reader.count(through: Self.endedMax)) {
            notices.append(
                Notice(
                    kind: try reader.string(through: 64),
                    days: try reader.days(),
                    at: try reader.signed()
                )
            )
        }
        try reader.finish()
        let providers = liveRequests.map(\.provider)
        guard Set(providers).count == providers.count else { throw .malformedState }
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    fileprivate mutating func date() throws(FoldError) -> CivilDate {
        let days = try signed()
        guard days >= CivilDate.least, days <= CivilDate.greatest else { throw .malformedState }
        return CivilDate(daysSinceEpoch: Int32(days))
    }

    @_lifetime(self: copy self)
    fileprivate mutating func days() throws(FoldError) -> ClosedRange<CivilDate> {
        let first = try date()
        let last = try date()
        guard first <= last else { throw .malformedState }
        return first...last
    }

    @_lifetime(self: copy self)
    fileprivate mutating func string(through greatest: Int) throws(FoldError) -> String {
        guard let text = String(validating: try bytes(through: greatest), as: UTF8.self) else {
            throw .malformedState
        }
        return text
    }

    @_lifetime(self: copy self)
    fileprivate mutating func flag() throws(FoldError) -> Bool { try number(through: 1) == 1 }

    @_lifetime(self: copy self)
    fileprivate mutating func id() throws(FoldError) -> ConsentID {
        ConsentID(high: try fixed(), low: try fixed())
    }

    @_lifetime(self: copy self)
    fileprivate mutating func assets() throws(FoldError) -> [AssetID] {
        var assets: [AssetID] = []
        for _ in 0..<(try count(through: RequestTerms.assetsMax)) {
            assets.append(try id())
        }
        return assets
    }

    @_lifetime(self: copy self)
    fileprivate mutating func membership() throws(FoldError) -> Membership {
        switch try number(through: 3) {
        case 0: .never
        case 1: .joined(at: try signed(), until: try date(), age: .adult)
        case 2: .joined(at: try signed(), until: try date(), age: .teenager)
        default: .left(at: try signed())
        }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func named() throws(FoldError) -> [RequestTerms.NamedAsset] {
        var assets: [RequestTerms.NamedAsset] = []
        for _ in 0..<(try count(through: RequestTerms.assetsMax)) {
            let number = Int(try number(through: 255))
            guard let kind = AssetKind(rawValue: number) else { throw .malformedState }
            guard try flag() else {
                assets.append(RequestTerms.NamedAsset(kind))
                continue
            }
            assets.append(RequestTerms.NamedAsset(kind, try id()))
        }
        return assets
    }

    @_lifetime(self: copy self)
    fileprivate mutating func state() throws(FoldError) -> TransferRequest.State {
        switch try number(through: 3) {
        case 0: return .live
        case 1:
            let at = try signed()
            return .replaced(by: try id(), at: at)
        case 2: return .expired(at: try signed())
        default:
            let at = try signed()
            let reason = WithdrawalReason(rawValue: Int(try number(through: 6)))
            guard let reason else { throw .malformedState }
            return .withdrawn(reason, at: at)
        }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func disclosure() throws(FoldError) -> Disclosure {
        guard let disclosure = Disclosure(rawValue: UInt8(try number(through: 2))) else {
            throw .malformedState
        }
        return disclosure
    }

    @_lifetime(self: copy self)
    fileprivate mutating func request() throws(FoldError) -> TransferRequest {
        let id: ConsentID = try id()
        let provider = try string(through: TransferRegister.codeBytesMax)
        let requestedAt = try signed()
        let extendedAt = try optional()
        let suspendedAt = try optional()
        let state = try state()
        let scope = DataScope(try string(through: DataScope.bytesMax))
        let assets = try named()
        let isScheduled = try flag()
        let basic = Int(try number(through: UInt64(RequestTerms.cycleDaysMax)))
        let additional = Int(try number(through: UInt64(RequestTerms.cycleDaysMax)))
        let endsOn = try date()
        var terms = RequestTerms(
            scope: scope,
            endsOn: endsOn,
            purpose: try string(through: RequestTerms.purposeBytesMax)
        )
        (terms.assets, terms.isScheduled) = (assets, isScheduled)
        (terms.basicCycleDays, terms.additionalCycleDays) = (basic, additional)
        terms.keptUntil = try date()
        terms.memo = try disclosure()
        terms.merchant = try disclosure()
        terms.category = try disclosure()
        var request = TransferRequest(
            id: id,
            provider: provider,
            terms: terms,
            requestedAt: requestedAt
        )
        (request.extendedAt, request.suspendedAt) = (extendedAt, suspendedAt)
        request.state = state
        return request
    }

    @_lifetime(self: copy self)
    fileprivate mutating func agreement() throws(FoldError) -> Agreement {
        let id: ConsentID = try id()
        let grantedAt = try signed()
        let status = ProvisionStatus(rawValue: Int(try number(through: 4)))
        guard let status else { throw .malformedState }
        let withdrawnAt = try optional()
        let handOvers = try number()
        let lastHandOverAt = try optional()
        guard let kind = ConsentKind(rawValue: Int(try number(through: 255))) else {
            throw .malformedState
        }
        var terms = AgreementTerms(kind: kind)
        for text in AgreementTerms.texts {
            terms[keyPath: text.field] = try string(through: text.bytesMax)
        }
        terms.isOnce = try flag()
        terms.assets = try named()
        if try flag() { terms.endsOn = try date() }
        var agreement = Agreement(id: id, terms: terms, grantedAt: grantedAt)
        (agreement.status, agreement.withdrawnAt) = (status, withdrawnAt)
        (agreement.handOverCount, agreement.lastHandOverAt) = (handOvers, lastHandOverAt)
        return agreement
    }

    @_lifetime(self: copy self)
    fileprivate mutating func deletion() throws(FoldError) -> Deletion {
        let provider = try string(through: TransferRegister.codeBytesMax)
        let assets = try assets()
        guard let reason = ShredReason(rawValue: Int(try number(through: 7))) else {
            throw .malformedState
        }
        var deletion = Deletion(
            scope: DeletionScope(provider: provider, assets: assets),
            reason: reason,
            askedAt: try signed()
        )
        guard try flag() else { return deletion }
        let at = try signed()
        let compartments = try self.assets()
        deletion.completion = Deletion.Completion(
            at: at,
            compartments: compartments,
            throughRevision: try number()
        )
        return deletion
    }

    @_lifetime(self: copy self)
    fileprivate mutating func purge() throws(FoldError) -> Purge {
        let id: ConsentID = try id()
        let provider = try string(through: TransferRegister.codeBytesMax)
        let from = try signed()
        let to = try signed()
        guard from <= to else { throw .malformedState }
        return Purge(
            request: id,
            provider: provider,
            received: from...to,
            events: UInt32(try number(through: UInt64(UInt32.max))),
            at: try signed()
        )
    }
}
