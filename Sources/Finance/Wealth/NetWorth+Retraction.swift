internal import SwiftProtobuf

// Movements that no longer stand.

extension NetWorth {
    /// A movement that was the last of its month gives way to the balance before it: of an account,
    /// a wallet or a loan.
    ///
    /// Its time stays, since the time of the movement before is not known; the next balance that
    /// is reported holds anyway. A movement that other values followed changes nothing.
    func foldRetraction(
        _ event: borrowing EventView,
        into state: inout NetWorthState
    ) throws(FoldError) {
        let original: EventView
        do throws(EventError) {
            guard let event = try event.retracted() else { return }
            original = event
        } catch { throw .event(error) }
        guard let movement = try RetractedMovement(original) else { return }
        let moment: Moment
        do throws(FoldError) {
            moment = try Moment(original)
        } catch {
            // A movement of a time that was never taken in.
            return
        }
        state.replace(
            movement.after,
            at: moment,
            movement.key,
            of: event.asset,
            by: movement.before
        )
    }
}

/// The balances around a movement, as it says them itself.
private struct RetractedMovement {
    let key: IntegratedState.FigureKey
    let after: Int64
    let before: Int64

    /// Nil for another fact, and where the balance before it cannot be told.
    init?(_ event: borrowing EventView) throws(FoldError) {
        let figures: Figures?
        switch event.type {
        case .bankTransactionPosted: figures = try Figures(bank: event)
        case .emoneyTransactionPosted: figures = try Figures(wallet: event)
        case .loanTransactionPosted: figures = try Figures(loan: event)
        default: figures = nil
        }
        guard let figures, figures.currency >= 1, figures.currency <= 999,
            let before = Int64(exactly: Int128(figures.after) - figures.change)
        else { return nil }
        key = IntegratedState.FigureKey(
            figure: figures.figure,
            currency: UInt16(figures.currency),
            product: figures.product
        )
        after = figures.after
        self.before = before
    }
}

/// What a movement says.
private struct Figures {
    let figure: IntegratedState.Figure
    let after: Int64
    /// What it added to the balance.
    let change: Int128
    let currency: UInt32
    var product: UInt64 = 0

    init?(bank event: borrowing EventView) throws(FoldError) {
        do throws(EventError) {
            guard let bank = try event.bankTransaction(), let after = bank.balanceAfter,
                let isIn = Figures.isIn(bank.kind)
            else { return nil }
            figure = .booked
            self.after = after
            change = isIn ? Int128(bank.amount) : -Int128(bank.amount)
            currency = bank.currency
        } catch { throw .event(error) }
    }

    init?(wallet event: borrowing EventView) throws(FoldError) {
        do throws(EventError) {
            guard let wallet = try event.emoneyTransaction(), let after = wallet.balanceAfter,
                let isIn = wallet.kind.isIn
            else { return nil }
            figure = .wallet
            self.after = after
            change = isIn ? Int128(wallet.amount) : -Int128(wallet.amount)
            currency = wallet.currency
        } catch { throw .event(error) }
    }

    init?(loan event: borrowing EventView) throws(FoldError) {
        guard case .loanTransactionPosted(let loan) = try event.decodedFact(), loan.hasBalanceAfter
        else { return nil }
        // Interest is paid beside what is owed.
        let principal =
            loan.principal == 0 && loan.interest == 0 ? Int128(loan.amount) : Int128(loan.principal)
        switch loan.kind {
        case .drawn: change = principal
        case .repaid: change = -principal
        default: return nil
        }
        figure = .owed
        after = loan.balanceAfter
        currency = EventView.currency(loan.currency)
        product = AssetUpdate.hash(loan.loanNumber)
    }

    /// Whether money came in; nil for a kind without a direction.
    private static func isIn(_ kind: BankTransactionKind) -> Bool? {
        do throws(FoldError) {
            let (isIn, isReversed) = try SpendingProfile.direction(kind)
            return isIn != isReversed
        } catch {
            return nil
        }
    }
}
