import Commands
import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// Why one asset changed, from its own movements in the log.
extension LedgerService {
    func trace(
        _ id: String,
        of asset: String,
        from: Month,
        through: Month,
        currency: Currency?
    ) async throws -> TraceView? {
        guard let subject = live(id) else { return nil }
        let view = try await netWorth(
            id,
            from: from,
            through: through,
            currency: currency,
            asOf: nil
        )
        guard let view, let (key, title) = view.titles.first(where: { $0.value.id == asset }) else {
            return nil
        }
        let money = { Money(thousandths: $0, currency: view.report.currency) }
        let state = try services.netWorth.read(subject)?.state ?? .init()
        let worth = try NetWorthChange.worth(
            of: key,
            state,
            in: view.report.currency,
            from: from.adding(-1),
            to: through
        )
        return try TraceView(
            title: title,
            from: from,
            through: through,
            before: money(worth.before),
            after: money(worth.after),
            movements: try movements(of: subject, key).filter {
                from <= $0.day.month && $0.day.month <= through
            }
        )
    }

    /// An asset's movements, in the order of the log; frames of other assets are not opened.
    private func movements(of subject: SubjectID, _ asset: AssetID) throws -> [TransactionLine] {
        let size = try services.log.durableSize(of: subject)
        let reader = TransactionReader(
            try services.preferences.book(of: subject, through: size),
            profile: try services.spending.read(subject)?.state
        )
        var lines: [TransactionLine] = []
        var revision: UInt64 = 0
        var opener = try FrameOpener()
        while revision < size {
            let next = try services.log.read(subject, from: revision, limit: 256) { frame in
                guard !frame.isTombstone else { return }
                let header = try FrameHeader(frame.bytes)
                guard header.kind == .provider, header.compartment.high == asset.high,
                    header.compartment.low == asset.low
                else { return }
                do {
                    let key = try services.vault.key(
                        of: subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch,
                        for: .service
                    )
                    _ = try opener.open(frame.bytes, key: key)
                } catch VaultError.compartmentErased {
                    return
                }
                try reader.read(opener.events, header) { lines.append($0.line) }
                opener.close()
            }
            guard next > revision else { break }
            revision = next
        }
        return lines
    }
}
