internal import FoundationEssentials
internal import SwiftProtobuf

extension TransferRegister {
    /// Joins, or renews the membership.
    ///
    /// - Throws: `.tooYoung`, `.membershipTermOutOfRange`, `.nothingToChange`, and `.deletionOwed`
    ///   while the data of an earlier membership is being deleted.
    public func decide(
        _ command: Join,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard command.years >= 14 else { throw .tooYoung }
        guard command.until >= today.adding(months: 12),
            command.until <= today.adding(months: 60)
        else { throw .membershipTermOutOfRange }
        guard !owedDeletions.contains(where: { $0.scope == .everything }) else {
            throw .deletionOwed
        }
        let age = AgeBand(years: command.years)
        if case .joined(at: _, let until, let known) = membership {
            guard until < command.until || known != age else { throw .nothingToChange }
        }
        return [
            .consent(now) { event in
                event.serviceJoined.endsOn = command.until.digits
                event.serviceJoined.ageBand = age
            }
        ]
    }

    /// Signs in; regular transfer that stopped goes on.
    ///
    /// - Throws: `.notAMember`, `.leftService`, `.membershipEnded`.
    public func decide(
        _ command: SignIn,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        _ = try member(on: today)
        return [.consent(now) { $0.personSignedIn.method = command.method }]
    }

    /// Leaves: every request and agreement ends, and all data goes.
    ///
    /// - Throws: `.notAMember`, `.leftService`.
    public func decide(
        _ command: LeaveService,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        switch membership {
        case .never: throw .notAMember
        case .left: throw .leftService
        case .joined: return leaving(.leftService, at: now, on: today)
        }
    }

    /// Asks for deletion; live requests that would bring the data again end.
    ///
    /// Whoever has data here may ask, member or not.
    /// - Throws: `.nothingToChange` when the same is being deleted already, `.tooMany`.
    public func decide(
        _ command: RequestDeletion,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard !owedDeletions.contains(where: { $0.scope == command.scope }) else {
            throw .nothingToChange
        }
        guard owedDeletions.count < Self.owedMax,
            command.scope.assets.count <= RequestTerms.assetsMax
        else { throw .tooMany }
        return liveRequests.filter { $0.brings(command.scope) }
            .map { .withdrawn($0, .dataDeleted, at: now) }
            + [.deletion(command.scope, .deletionAsked, at: now)]
    }

    /// What is due today.
    ///
    /// A membership that ended takes its data with it, as does a year without signing in; data of a
    /// provider goes when the retention that its last request states has passed.
    public func decide(_ command: ObserveDay, at now: Int64, on today: CivilDate) -> [Event] {
        if case .joined(at: _, let until, age: _) = membership, until < today {
            return leaving(.retentionEnded, at: now, on: today)
        }
        if isForgotten(on: today) {
            return ending(.inactive, at: now, on: today)
                + [.deletion(.everything, .inactive, at: now)]
        }
        let expired = liveRequests.filter { $0.terms.endsOn < today }
        return expired.map { .expired($0, at: now) }
            + retentionEnds(on: today).prefix(Self.owedMax - owedDeletions.count).map {
                .deletion(.provider($0), .retentionEnded, at: now)
            }
    }

    private func leaving(
        _ ground: ShredReason,
        at now: Int64,
        on today: CivilDate
    ) -> [Event] {
        let agreements = agreements.values.filter { $0.status == .normal }
            .sorted { $0.id < $1.id }
        return ending(.leftService, at: now, on: today)
            + agreements.map { .step(of: $0, to: .withdrawing, at: now) }
            + [.consent(now) { $0.serviceLeft = ServiceLeft() }]
            + [.deletion(.everything, ground, at: now)]
    }

    /// The ends of all live requests; one whose last day has passed has expired all the same.
    private func ending(
        _ reason: WithdrawalReason,
        at now: Int64,
        on today: CivilDate
    ) -> [Event] {
        liveRequests.map {
            $0.holds(on: today) ? .withdrawn($0, reason, at: now) : .expired($0, at: now)
        }
    }

    /// A year without signing in, and nothing was deleted for it yet.
    private func isForgotten(on today: CivilDate) -> Bool {
        guard case .joined = membership, let at = lastSeenAt, let seen = lastSeenOn,
            today >= seen.adding(months: Inactivity.deletionMonths)
        else { return false }
        return !deletions.contains { $0.scope == .everything && $0.askedAt >= at }
    }

    /// Providers whose data has been kept for as long as their last request said.
    private func retentionEnds(on today: CivilDate) -> [String] {
        let byProvider: [String: [TransferRequest]] = Dictionary(
            grouping: requests.values,
            by: \.provider
        )
        return byProvider.keys.sorted().filter { provider in
            let last = byProvider[provider]?.max {
                ($0.requestedAt, $0.id) < ($1.requestedAt, $1.id)
            }
            guard let last, last.terms.keptUntil < today else { return false }
            let endedAt = last.state.endedAt ?? .max
            return !deletions.contains {
                ($0.scope == .provider(provider) || $0.scope == .everything)
                    && $0.askedAt >= endedAt
            }
        }
    }
}

extension TransferRequest {
    /// Whether collecting under it would bring data of the scope again.
    fileprivate func brings(_ scope: DeletionScope) -> Bool {
        switch scope {
        case .everything: true
        case .provider(let code): provider == code
        case .assets(let assets, of: let code):
            provider == code
                && (terms.assets.isEmpty
                    || terms.assets.contains { named in
                        named.compartment.map(assets.contains) ?? true
                    })
        }
    }
}
