internal import Cryptography
public import Finance
internal import Synchronization

/// A fold whose states add up to totals over all subjects, from which an erased subject is taken
/// off.
///
/// Totals are stored in clear: they must say nothing of one person among many.
public protocol TotalFold: Fold {
    /// What the states add up to.
    associatedtype Totals: FoldState

    /// Adds a subject's share.
    static func add(_ state: State, to totals: inout Totals)

    /// Takes off a share that was added.
    static func remove(_ state: State, from totals: inout Totals)
}

extension SubjectCounters: TotalFold {
    /// Adds a subject's counts to the platform's.
    public static func add(_ state: SubjectCountersState, to totals: inout PlatformCounters) {
        totals.add(state.contribution)
    }

    /// Takes a subject's counts off the platform's.
    public static func remove(
        _ state: SubjectCountersState,
        from totals: inout PlatformCounters
    ) {
        totals.remove(state.contribution)
    }
}

extension Projection where F: TotalFold {
    /// Over all subjects, as of the last checkpoint.
    public func totals() throws(ProjectionError) -> F.Totals {
        guard let keeper = lane.generation.totals as? TotalKeeper<F> else {
            preconditionFailure("a fold with totals has a keeper of them")
        }
        return keeper.value
    }
}

/// Totals of one generation, whatever they are of.
protocol TotalKeeping<State>: AnyObject, Sendable {
    associatedtype State: FoldState
    /// Replaces one share by another.
    func change(from old: State?, to new: State?)
    /// The totals with a checksum.
    func stored() -> [UInt8]
    /// Takes what was stored; nothing stored is nothing added.
    func restore(_ bytes: [UInt8]?) throws(FoldError)
}

final class TotalKeeper<F: TotalFold>: TotalKeeping {
    private let totals = Mutex(F.Totals())

    init(_ fold: F) {}

    var value: F.Totals { totals.withLock { $0 } }

    func change(from old: F.State?, to new: F.State?) {
        totals.withLock { totals in
            if let old { F.remove(old, from: &totals) }
            if let new { F.add(new, to: &totals) }
        }
    }

    func stored() -> [UInt8] {
        var bytes: [UInt8] = []
        value.encode(into: &bytes)
        bytes.appendLittleEndian(Checksum.crc32c(bytes.span))
        return bytes
    }

    func restore(_ bytes: [UInt8]?) throws(FoldError) {
        guard let bytes else { return totals.withLock { $0 = F.Totals() } }
        let end = bytes.count - 4
        guard end >= 0,
            bytes.span.littleEndian(UInt32.self, at: end)
                == Checksum.crc32c(bytes.span.extracting(0..<end))
        else { throw .malformedState }
        let stored = try F.Totals(decoding: bytes.span.extracting(0..<end))
        totals.withLock { $0 = stored }
    }
}

extension Fold {
    /// Keeps totals, when the fold has any.
    func makeTotals() -> (any TotalKeeping<State>)? {
        guard let fold = self as? any TotalFold else { return nil }
        return Self.keeper(of: fold) as? any TotalKeeping<State>
    }

    private static func keeper<T: TotalFold>(of fold: T) -> any TotalKeeping { TotalKeeper(fold) }
}
