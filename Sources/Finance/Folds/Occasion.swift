/// The day something counts on, at the place where it happened.
struct Occasion {
    /// Since 1970.
    let day: Int32
    /// Since January 1970, at most `CellKey.monthMax`.
    let month: UInt32
    /// 1...31.
    let dayOfMonth: UInt8

    @inline(__always)
    init(_ seconds: Int64, _ utcOffsetMinutes: Int32) throws(FoldError) {
        guard
            let date = CivilDate(
                secondsSinceEpoch: seconds,
                utcOffsetMinutes: utcOffsetMinutes
            ),
            date.daysSinceEpoch >= 0
        else { throw .unrepresentable }
        let (year, month, day) = date.components
        self.day = date.daysSinceEpoch
        self.month = UInt32(truncatingIfNeeded: (year - 1970) * 12 + month - 1)
        dayOfMonth = UInt8(truncatingIfNeeded: day)
        guard self.month <= CellKey.monthMax else { throw .unrepresentable }
    }
}
