import Finance
import Foundation

extension DecoderTown {
    /// Every fold with what it keeps of the sandbox's events.
    struct States: Sendable {
        private static let rules: CategoryRules? = {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let folder = root.appendingPathComponent("conf/categories")
            do {
                return try CategoryRules(
                    RuleFiles { (name: String) throws -> [UInt8] in
                        Array(try Data(contentsOf: folder.appendingPathComponent(name)))
                    }
                )
            } catch {
                return nil
            }
        }()

        private var integrated = IntegratedState()
        private var worth = NetWorthState()
        private var obligations = ObligationsState()
        private var coverage = CoverageState()
        private var counters = SubjectCountersState()
        private var collection = CollectionState()
        private var board = CollectionBoardState()
        private var register = TransferRegister()
        private var spending = SpendingState()

        /// A fold that refuses parks the event; none may stop.
        mutating func fold(_ event: borrowing EventView) {
            Self.fold(IntegratedView(), event, &integrated)
            Self.fold(NetWorth(), event, &worth)
            Self.fold(Obligations(), event, &obligations)
            Self.fold(Coverage(), event, &coverage)
            Self.fold(SubjectCounters(), event, &counters)
            Self.fold(CollectionProgress(), event, &collection)
            Self.fold(CollectionBoard(), event, &board)
            Self.fold(ConsentRegister(), event, &register)
            if let rules = Self.rules {
                Self.fold(SpendingProfile(rules: rules), event, &spending)
            }
        }

        private static func fold<F: Fold>(
            _ fold: F,
            _ event: borrowing EventView,
            _ state: inout F.State
        ) {
            do throws(FoldError) {
                try fold.fold(event, into: &state)
            } catch {
                return
            }
        }

        /// By the fold's name.
        var encodings: [(name: String, bytes: [UInt8])] {
            [
                (IntegratedView.name, Self.encoded(integrated)),
                (NetWorth.name, Self.encoded(worth)),
                (Obligations.name, Self.encoded(obligations)),
                (Coverage.name, Self.encoded(coverage)),
                (SubjectCounters.name, Self.encoded(counters)),
                (CollectionProgress.name, Self.encoded(collection)),
                (CollectionBoard.name, Self.encoded(board)),
                ("collection-totals", Self.encoded(totals)),
                (ConsentRegister.name, Self.encoded(register)),
                (SpendingProfile.name, Self.encoded(spending)),
            ]
        }

        private var totals: CollectionTotals {
            var totals = CollectionTotals()
            totals.add(board)
            return totals
        }

        private static func encoded(_ state: some FoldState) -> [UInt8] {
            var bytes: [UInt8] = []
            state.encode(into: &bytes)
            return bytes
        }

        /// Reads a state and, when it is one, makes its reports.
        static func reads(_ bytes: [UInt8], as name: String) throws -> Bool {
            let month = Month(index: 672)
            switch name {
            case IntegratedView.name:
                _ = try IntegratedReport(of: IntegratedState(decoding: bytes.span))
            case NetWorth.name:
                let state = try NetWorthState(decoding: bytes.span)
                _ = try NetWorthReport(of: state, in: .krw, through: month)
            case Obligations.name:
                let state = try ObligationsState(decoding: bytes.span)
                _ = CardBillOutlook(of: state, after: month.day(1))
            case Coverage.name: _ = try CoverageState(decoding: bytes.span)
            case SubjectCounters.name: _ = try SubjectCountersState(decoding: bytes.span)
            case CollectionProgress.name: _ = try CollectionState(decoding: bytes.span)
            case "collection-totals": _ = try CollectionTotals(decoding: bytes.span)
            case CollectionBoard.name: _ = try CollectionBoardState(decoding: bytes.span)
            case ConsentRegister.name: _ = try TransferRegister(decoding: bytes.span)
            case SpendingProfile.name: _ = try SpendingState(decoding: bytes.span)
            default: return false
            }
            return true
        }
    }
}
