// MyData: how data of providers comes in: files of known sources, and the standard's answers.
//
// `Standard/` has every API of the standard as a table and reads its answers (`AnswerReader`):
// pure, page by page, over `JSON/`, which finds tokens by simdjson and converts nothing.
//
// An importer is a pure mapping of one row to what happened: whose it is, which asset, which event.
// `ImportReader` walks a file with it: `CSVReader` splits the bytes, the importer maps each row,
// the n-th of several equal rows is marked, a row that cannot be used is reported by file, line,
// field and reason (never by its value), and the reading goes on with the next line. Nothing is
// lost silently: a column that the importer does not know is refused, and rows in = rows mapped +
// rows rejected, exactly.
//
// What is not here: sealing, appending and deciding what is a duplicate (`Commands`).

/// Bounds of reading; beyond one, a row is rejected with that reason, never cut.
public enum ImportLimits {
    /// Longest text that is kept of one field: a merchant, a name, an account.
    public static let textBytesMax = 256
    /// Longest record, quotes and all: a stray quote must not swallow a file.
    public static let rowBytesMax = 64 << 10
    /// Most columns: no source has more, and a binary file is not read as a wide table.
    public static let columnsMax = 256
    /// Most rows of one file: the memory that tells equal rows apart is 32 bytes a row.
    public static let rowsMax = 50_000_000
    /// Largest amount either way, in thousandths of a unit: a million million units is above what
    /// any person moves, and nine thousand such amounts still add up in 64 bits.
    public static let thousandthsMax: UInt64 = 1_000_000_000_000_000
}
