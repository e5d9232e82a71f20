internal import Synchronization

/// Whether somebody's calls go on: what one call meets may be the end of them all.
final class Turn: Sendable {
    private let whole: Turn?
    private let flag = Atomic<Bool>(false)

    /// A person's turn at a provider; or, within it, that of one asset or list.
    init(of whole: Turn? = nil) { self.whole = whole }

    /// Whether nothing more is to be asked.
    var isOver: Bool {
        flag.load(ordering: .acquiring) || whole?.isOver ?? false
    }

    /// Ends what a failure reaches.
    func end(_ reach: CallResult.Failure.Reach) {
        switch reach {
        case .call: return
        case .asset: flag.store(true, ordering: .releasing)
        case .person, .request: (whole ?? self).flag.store(true, ordering: .releasing)
        }
    }
}
