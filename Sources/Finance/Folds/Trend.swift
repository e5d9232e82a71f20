/// Average and straight-line trend of a series of equally spaced amounts, exact.
public struct Trend: Hashable, Sendable {
    /// Number of months it is taken over.
    public let months: Int
    /// Mean, thousandths, rounded half to even.
    public let average: Int64
    /// Least-squares slope in thousandths a month, rounded half to even; 0 for fewer than two
    /// months.
    public let slope: Int64

    /// Mean and least-squares slope of `series`, oldest first.
    ///
    /// slope = (n Σxy - Σx Σy) / (n Σx² - (Σx)²) with x = 0, 1, ...; the quotient is rounded once,
    /// at the end.
    /// - Throws: `.overflow` when the slope leaves 64 bits.
    public init(of series: [Int64]) throws(FoldError) {
        precondition(series.count <= 1_200, "a century of months at most")
        months = series.count
        guard !series.isEmpty else {
            average = 0
            slope = 0
            return
        }
        let count = Int128(series.count)
        var sumX: Int128 = 0
        var sumXX: Int128 = 0
        var sumY: Int128 = 0
        var sumXY: Int128 = 0
        for (index, amount) in series.enumerated() {
            let x = Int128(index)
            sumX += x
            sumXX += x * x
            sumY += Int128(amount)
            sumXY += x * Int128(amount)
        }
        average = try sumY.dividedHalfEven(by: count).narrowed()
        let denominator = count * sumXX - sumX * sumX
        slope =
            denominator == 0
            ? 0 : try (count * sumXY - sumX * sumY).dividedHalfEven(by: denominator).narrowed()
    }
}

extension Int128 {
    /// Quotient by a positive divisor, rounded to the nearest, a half to the even one.
    func dividedHalfEven(by divisor: Int128) -> Int128 {
        let quotient = flooredQuotient(by: divisor)
        let twice = (self - quotient * divisor) * 2
        if twice > divisor || twice == divisor && quotient & 1 != 0 { return quotient + 1 }
        return quotient
    }

    /// This in 64 bits.
    ///
    /// - Throws: `.overflow`.
    func narrowed() throws(FoldError) -> Int64 {
        guard let value = Int64(exactly: self) else { throw .overflow }
        return value
    }
}
