/// Exact decimals: a number is the digits that were sent, never a Double.
extension WireValue {
    /// The value in units of 10^-`unit`.
    ///
    /// Zeros beyond the scale and before the number are no digits: `31500.000` is an N15.
    ///
    /// - Parameters:
    ///   - digits: p of N(p) and F(p,s).
    ///   - scale: s, 0 for N.
    ///   - unit: decimals of the answer, at least `scale`.
    /// - Returns: the number of such units.
    /// - Throws: `.type` for what is no number, `.length` for more digits than the field has.
    @inline(__always)
    func exact(digits: Int, scale: Int, unit: Int) throws(ValueFault) -> Int64 {
        guard kind == .number || kind == .string || kind == .unescaped else { throw .type }
        var index = 0
        let isNegative = !bytes.isEmpty && bytes[0] == 0x2D
        if isNegative { index = 1 }
        let start = index
        var value: UInt64 = 0
        var whole = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { break }
            if value != 0 || digit != 0 { whole &+= 1 }
            guard whole <= digits &- scale else { throw .length }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        guard index > start else { throw .type }
        var decimals = 0
        if index < bytes.count {
            guard bytes[index] == 0x2E else { return try exponential(digits, scale, unit) }
            index &+= 1
            guard index < bytes.count else { throw .type }
            while index < bytes.count {
                let digit = bytes[index] &- 0x30
                guard digit <= 9 else { return try exponential(digits, scale, unit) }
                index &+= 1
                guard decimals < scale else {
                    guard digit == 0 else { throw scale == 0 ? .type : .length }
                    continue
                }
                let (product, isOver) = value.multipliedReportingOverflow(by: 10)
                guard !isOver, product <= UInt64.max - 9 else { throw .length }
                value = product &+ UInt64(digit)
                decimals &+= 1
            }
        }
        while decimals < unit {
            let (product, isOver) = value.multipliedReportingOverflow(by: 10)
            guard !isOver else { throw .length }
            value = product
            decimals &+= 1
        }
        guard value <= UInt64(Int64.max) else { throw .length }
        return isNegative ? -Int64(value) : Int64(value)
    }

    /// A number with an exponent, as some writers print large doubles: written out and read.
    private func exponential(
        _ digits: Int,
        _ scale: Int,
        _ unit: Int
    ) throws(ValueFault) -> Int64 {
        // Only a JSON number may have one, and none of the standard's has more than 24 digits.
        guard kind == .number, bytes.count <= 40 else { throw .type }
        var plain: [UInt8] = []
        var fraction = 0
        var hasPoint = false
        var index = 0
        while index < bytes.count, bytes[index] | 0x20 != 0x65 {
            if bytes[index] == 0x2E {
                hasPoint = true
            } else {
                plain.append(bytes[index])
                if hasPoint { fraction += 1 }
            }
            index += 1
        }
        index += 1
        guard index < bytes.count else { throw .type }
        let isNegative = bytes[index] == 0x2D
        if isNegative || bytes[index] == 0x2B { index += 1 }
        var exponent = 0
        while index < bytes.count {
            exponent = min(1_000, exponent * 10 + Int(bytes[index] &- 0x30))
            index += 1
        }
        // Beyond this nothing but zero fits any field.
        guard exponent <= 64 else { throw .length }
        let shift = (isNegative ? -exponent : exponent) - fraction
        if shift >= 0 {
            plain.append(contentsOf: repeatElement(0x30, count: shift))
        } else {
            let sign = plain.first == 0x2D ? 1 : 0
            let missing = max(0, 1 - shift - (plain.count - sign))
            plain.insert(contentsOf: repeatElement(0x30, count: missing), at: sign)
            plain.insert(0x2E, at: plain.count + shift)
        }
        return try WireValue(.number, plain.span).exact(digits: digits, scale: scale, unit: unit)
    }
}
