/// Who was paid, however the source writes it: what a person's correction of a merchant goes by.
///
/// The name of a business that the rules know (`스타벅스` in `(주)스타벅스코리아 강남R점`), else the
/// normalised text without payment services and branch. Texts with equal keys are one merchant.
public struct MerchantKey: Hashable, Sendable {
    /// Normalised, UTF-8, at most `bytesMax`; empty when the text says nothing.
    public let bytes: [UInt8]

    /// Longer keys are cut, as names are.
    public static let bytesMax = 255

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes.prefix(MerchantKey.bytesMax)) }
}

extension CategoryRules {
    /// Who `text` names; UTF-8, as the source writes it.
    public func merchant(_ text: Span<UInt8>) -> MerchantKey {
        let normal = MerchantText(text)
        let payment = payments.best(in: normal.bytes)?.range
        if let match = business(in: normal.bytes, beside: payment) {
            return MerchantKey(normal.bytes[match.range])
        }
        guard let payment else {
            return MerchantKey(normal.withoutBranch)
        }
        var rest = normal
        rest.cut(payment)
        let name = MerchantText(rest.bytes.span)
        // The payment service alone is all that is known.
        guard !name.bytes.isEmpty else { return MerchantKey(normal.bytes[payment]) }
        return MerchantKey(rest.withoutBranch)
    }
}
