internal import Finance

extension Collector {
    /// A transfer whose provider has answered; nothing of it is recorded.
    struct Asked: Sendable {
        let permit: CollectionPermit
        let desk: ProviderDesk
        let keeper: TokenKeeper
        /// Seconds since 1970-01-01 UTC.
        let startedAt: Int64
        let answers: PersonTransfer.Answers
    }
}
