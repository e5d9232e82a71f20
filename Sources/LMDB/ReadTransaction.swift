/// A view of the environment as the last commit before it left it.
///
/// While it lives, no page freed since is used again and the file grows: keep it short, scan in
/// pieces and seek again by key.
public struct ReadTransaction: Transaction, ~Copyable {
    /// The C transaction, closed to other modules.
    public let handle: TransactionHandle
    /// The number of the commit this transaction sees.
    public let id: UInt64

    init(_ raw: RawTransaction, id: UInt64) {
        self.handle = unsafe TransactionHandle(raw)
        self.id = id
    }
}
