/// A field of an answer, in the standard's words.
public struct WireField: Hashable, Sendable {
    /// How much hangs on it.
    public enum Need: Hashable, Sendable {
        /// Without it a row has no identity or no meaning: the answer is put aside.
        case must
        /// The standard asks for it in some edition; its absence is noted and nothing more.
        case should
        /// It may be left out.
        case may
    }

    /// The standard's name.
    public var name: String
    /// What its value looks like.
    public var type: WireType
    /// How much hangs on it.
    public var need: Need

    /// A field.
    public init(_ name: String, _ type: WireType, _ need: Need) {
        (self.name, self.type, self.need) = (name, type, need)
    }
}

/// Types of the standard (its attachment 2); lengths are maxima.
///
/// Whatever the type, the value may come as a JSON string, number or boolean.
public enum WireType: Hashable, Sendable {
    /// N(p), digits; may be negative.
    case integer(Int)
    /// F(p,s), digits in all and after the point; may be negative.
    case decimal(Int, Int)
    /// AH(n), bytes of UTF-8.
    case text(Int)
    /// A, a, AN, aN, aNS, NS (n): printable ASCII characters.
    case word(Int)
    /// A code: a word of this length that must be in a list.
    case code(Int)
    /// true or false.
    case boolean
    /// DATE, YYYYMMDD.
    case date
    /// N6, YYYYMM.
    case month
    /// DTIME, YYYYMMDDhhmmss, or DATE where no time is known; in Korea.
    case moment
    /// A list in an answer or a row.
    case list
}
