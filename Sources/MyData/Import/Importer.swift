public import Finance

/// The columns of a source that an importer reads, in any order of its own.
public protocol ImportColumn: CaseIterable, Hashable, Sendable, RawRepresentable<Int> {
    /// The name in the header.
    var name: String { get }
}

/// Maps the rows of one kind of file to what happened; pure, so equal rows give equal bytes for
/// ever.
public protocol Importer: Sendable {
    /// What it reads; raw values count from 0.
    associatedtype Column: ImportColumn

    /// Name of the importer, in lower case with hyphens: `birmingham`.
    static var name: String { get }
    /// What stands between fields.
    static var separator: UInt8 { get }
    /// Columns that may be there and say nothing that is kept.
    static var ignored: Set<String> { get }

    /// The money that a row moves, read before everything else so that sums also cover rows that
    /// are rejected for another reason.
    func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement?

    /// What the row says.
    func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow
}

extension Importer {
    /// A comma.
    public static var separator: UInt8 { UInt8(ascii: ",") }
    /// None.
    public static var ignored: Set<String> { [] }
}

/// Why a row cannot be used, and in which column.
public struct RowFault<Column: ImportColumn>: Error {
    /// Where.
    public var column: Column
    /// Why.
    public var reason: RejectionReason

    /// A fault in a column.
    public init(_ column: Column, _ reason: RejectionReason) {
        self.column = column
        self.reason = reason
    }
}

/// What a row says, before it is encoded.
public struct MappedRow: Sendable {
    /// Natural key of the person, unique over all sources.
    public var subject: String
    /// The asset.
    public var asset: ImportedAsset
    /// The row's event.
    public var event: Event
    /// Further events of the same asset.
    public var further: [Event]

    /// A row's meaning.
    public init(subject: String, asset: ImportedAsset, event: Event, further: [Event] = []) {
        self.subject = subject
        self.asset = asset
        self.event = event
        self.further = further
    }
}
