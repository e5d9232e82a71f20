internal import Finance

extension Collector {
    /// A transfer whose provider has answered; nothing of it is recorded.
    struct Asked: Sendable {
        let permit: CollectionPermit
        let desk: ProviderDesk
        let keeper: TokenKeeper
        /// Seconds since 1970-01-01 UTC.
        let startedAt: Int64
        /// The day of the regular transfer that it goes on with; nil when it is one of its own.
        let begunOn: CivilDate?
        let answers: PersonTransfer.Answers
    }
}
