internal import SwiftProtobuf

// Movements that no longer stand.

extension NetWorth {
    /// A movement that was the last of its month gives way to the balance before it: of an account,
    /// a wallet or a loan.
    ///
    /// A movement that other values followed changes nothing; nor does one whose place another row
    /// took: that row was recorded before this, and its balance holds, also when it is the same.
    func foldRetraction(
        _ event: borrowing EventView,
        into state: inout NetWorthState
    ) throws(FoldError) {
        let original: EventView
        do throws(EventError) {
            guard let retraction = try event.retraction(), retraction.reason != .changed else {
                return
            }
            original = try EventView(retraction.event, of: event.asset)
        } catch { throw .event(error) }
        guard let movement = try RetractedMovement(original) else { return }
        let moment: Moment
        do throws(FoldError) {
            moment = try Moment(original)
        } catch {
            // A movement of a time that was never taken in.
            return
        }
        state.takeBack(movement.step, at: moment, movement.key, of: event.asset)
    }
}

/// The balances around a movement, as it says them itself.
private struct RetractedMovement {
    let key: IntegratedState.FigureKey
    let step: BalanceStep

    /// Nil for another fact, and where the balance before it cannot be told.
    init?(_ event: borrowing EventView) throws(FoldError) {
        switch event.type {
        case .bankTransactionPosted: try self.init(bank: event)
        case .emoneyTransactionPosted: try self.init(wallet: event)
        case .loanTransactionPosted: try self.init(loan: event)
        default: return nil
        }
    }

    private init?(
        _ step: BalanceStep?,
        _ figure: IntegratedState.Figure,
        _ currency: UInt32,
        product: UInt64 = 0
    ) {
        guard let step, currency >= 1, currency <= 999 else { return nil }
        self.step = step
        key = IntegratedState.FigureKey(
            figure: figure,
            currency: UInt16(currency),
            product: product
        )
    }

    private init?(bank event: borrowing EventView) throws(FoldError) {
        do throws(EventError) {
            guard let bank = try event.bankTransaction() else { return nil }
            self.init(BalanceStep(bank), .booked, bank.currency)
        } catch { throw .event(error) }
    }

    private init?(wallet event: borrowing EventView) throws(FoldError) {
        do throws(EventError) {
            guard let wallet = try event.emoneyTransaction() else { return nil }
            self.init(BalanceStep(wallet), .wallet, wallet.currency)
        } catch { throw .event(error) }
    }

    private init?(loan event: borrowing EventView) throws(FoldError) {
        guard case .loanTransactionPosted(let loan) = try event.decodedFact() else { return nil }
        // Interest is paid beside what is owed.
        let principal =
            loan.principal == 0 && loan.interest == 0 ? Int128(loan.amount) : Int128(loan.principal)
        let change: Int128
        switch loan.kind {
        case .drawn: change = principal
        case .repaid: change = -principal
        default: return nil
        }
        self.init(
            BalanceStep(by: change, to: loan.hasBalanceAfter ? loan.balanceAfter : nil),
            .owed,
            EventView.currency(loan.currency),
            product: AssetUpdate.hash(loan.loanNumber)
        )
    }
}
