internal import SwiftProtobuf

extension TransferRegister {
    /// Appends the canonical encoding: requests and agreements by id, the rest in its order.
    public func encode(into bytes: inout [UInt8]) {
        var writer = StateWriter(taking: &bytes)
        writer.membership(membership)
        writer.optional(lastSignInAt)
        writer.number(requests.count)
        for (_, request) in requests.sorted(by: { $0.key < $1.key }) { writer.request(request) }
        writer.number(agreements.count)
        for (_, agreement) in agreements.sorted(by: { $0.key < $1.key }) {
            writer.agreement(agreement)
        }
        writer.number(deletions.count)
        for deletion in deletions { writer.deletion(deletion) }
        writer.number(purges.count)
        for purge in purges { writer.purge(purge) }
        writer.number(notices.count)
        for notice in notices {
            writer.text(notice.kind.utf8)
            writer.date(notice.days.lowerBound)
            writer.date(notice.days.upperBound)
            writer.signed(notice.at)
        }
        bytes = writer.finish()
    }
}

extension StateWriter {
    fileprivate mutating func date(_ date: CivilDate) { signed(Int64(date.daysSinceEpoch)) }

    fileprivate mutating func id(_ id: ConsentID) {
        fixed(id.high)
        fixed(id.low)
    }

    fileprivate mutating func membership(_ membership: Membership) {
        switch membership {
        case .never: number(0)
        case .joined(let at, let until, let age):
            number(age == .adult ? 1 : 2)
            signed(at)
            date(until)
        case .left(let at):
            number(3)
            signed(at)
        }
    }

    fileprivate mutating func named(_ assets: [RequestTerms.NamedAsset]) {
        number(assets.count)
        for named in assets {
            number(named.kind.rawValue)
            number(named.compartment == nil ? 0 : 1)
            if let id = named.compartment { self.id(id) }
        }
    }

    fileprivate mutating func request(_ request: TransferRequest) {
        id(request.id)
        text(request.provider.utf8)
        signed(request.requestedAt)
        optional(request.extendedAt)
        optional(request.suspendedAt)
        switch request.state {
        case .live: number(0)
        case .replaced(by: let other, let at):
            number(1)
            signed(at)
            id(other)
        case .expired(let at):
            number(2)
            signed(at)
        case .withdrawn(let reason, let at):
            number(3)
            signed(at)
            number(reason.rawValue)
        }
        let terms = request.terms
        text(terms.scope.text.utf8)
        named(terms.assets)
        number(terms.isScheduled ? 1 : 0)
        number(terms.basicCycleDays)
        number(terms.additionalCycleDays)
        date(terms.endsOn)
        text(terms.purpose.utf8)
        date(terms.keptUntil)
        for disclosure in [terms.memo, terms.merchant, terms.category] {
            number(UInt64(disclosure.rawValue))
        }
    }

    fileprivate mutating func agreement(_ agreement: Agreement) {
        id(agreement.id)
        signed(agreement.grantedAt)
        number(agreement.status.rawValue)
        optional(agreement.withdrawnAt)
        number(agreement.handOverCount)
        optional(agreement.lastHandOverAt)
        number(agreement.terms.kind.rawValue)
        for field in AgreementTerms.texts { text(agreement.terms[keyPath: field.field].utf8) }
        number(agreement.terms.isOnce ? 1 : 0)
        named(agreement.terms.assets)
        optional(agreement.terms.endsOn.map { Int64($0.daysSinceEpoch) })
    }

    fileprivate mutating func deletion(_ deletion: Deletion) {
        text(deletion.scope.provider.utf8)
        number(deletion.scope.assets.count)
        for id in deletion.scope.assets { self.id(id) }
        number(deletion.reason.rawValue)
        signed(deletion.askedAt)
        number(deletion.completion == nil ? 0 : 1)
        guard let completion = deletion.completion else { return }
        signed(completion.at)
        number(completion.compartments.count)
        for id in completion.compartments { self.id(id) }
        number(completion.throughRevision)
    }

    fileprivate mutating func purge(_ purge: Purge) {
        id(purge.request)
        text(purge.provider.utf8)
        signed(purge.received.lowerBound)
        signed(purge.received.upperBound)
        number(UInt64(purge.events))
        signed(purge.at)
    }
}
