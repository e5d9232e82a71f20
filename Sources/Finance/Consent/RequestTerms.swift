internal import FoundationEssentials
internal import SwiftProtobuf

/// Whether a kind of text may be sent: one of the `is_consent_*` flags of 정보제공-공통-002.
public enum Disclosure: UInt8, Sendable, CaseIterable {
    /// The industry has no such text, so nobody was asked.
    case unasked = 0
    /// The person said no.
    case refused = 1
    /// The person said yes.
    case allowed = 2

    init(_ isAllowed: Bool?) {
        self = isAllowed.map { $0 ? .allowed : .refused } ?? .unasked
    }

    var isAllowed: Bool? { self == .unasked ? nil : self == .allowed }
}

/// What a transfer request fixes: who gave which data, for what, for how long.
public struct RequestTerms: Hashable, Sendable {
    /// One asset, or every asset of a kind.
    public struct NamedAsset: Hashable, Sendable {
        /// What it is.
        public var kind: AssetKind
        /// Which one; nil is every asset of this kind.
        public var compartment: AssetID?

        /// An asset, or all of a kind.
        public init(_ kind: AssetKind, _ compartment: AssetID? = nil) {
            (self.kind, self.compartment) = (kind, compartment)
        }
    }

    /// Classes of data, as in OAuth.
    public var scope: DataScope
    /// Assets asked for; none is all that the scope opens.
    public var assets: [NamedAsset] = []
    /// Whether data is sent regularly.
    public var isScheduled = false
    /// Regular transfer of basic data every so many days; 0 when there is none.
    public var basicCycleDays = 0
    /// Regular transfer of additional data every so many days; 0 when there is none.
    public var additionalCycleDays = 0
    /// Last day of the request.
    public var endsOn: CivilDate
    /// What the data is for.
    public var purpose: String
    /// Last day that the data is kept.
    public var keptUntil = CivilDate.withoutEnd
    /// Passbook texts, `trans_memo`.
    public var memo = Disclosure.unasked
    /// Merchant names and numbers.
    public var merchant = Disclosure.unasked
    /// Purchase categories.
    public var category = Disclosure.unasked

    /// Terms without regular transfer; what is not said is as wide as the scope.
    public init(scope: DataScope, endsOn: CivilDate, purpose: String) {
        (self.scope, self.endsOn, self.purpose) = (scope, endsOn, purpose)
    }

    static let purposeBytesMax = 1_000
    /// As many as an event may name, as many as a person may have.
    static let assetsMax = 2_000
    /// As many as one request may name: its event then fits a frame with others.
    static let askedAssetsMax = 500
    static let cycleDaysMax = 366
}

extension RequestTerms {
    init(_ terms: TransferTerms) throws(FoldError) {
        guard let endsOn = CivilDate(digits: terms.endsOn), terms.assets.count <= Self.assetsMax
        else { throw .unrepresentable }
        self.init(
            scope: DataScope(terms.scope),
            endsOn: endsOn,
            purpose: terms.purpose.cut(to: Self.purposeBytesMax)
        )
        for asset in terms.assets { assets.append(try NamedAsset(asset)) }
        isScheduled = terms.scheduled
        basicCycleDays = Int(min(terms.basicCycle, UInt32(Self.cycleDaysMax)))
        additionalCycleDays = Int(min(terms.additionalCycle, UInt32(Self.cycleDaysMax)))
        keptUntil = CivilDate(digits: terms.keptUntil) ?? .withoutEnd
        memo = Disclosure(terms.hasMemoAllowed ? terms.memoAllowed : nil)
        merchant = Disclosure(terms.hasMerchantAllowed ? terms.merchantAllowed : nil)
        category = Disclosure(terms.hasCategoryAllowed ? terms.categoryAllowed : nil)
    }

    /// The terms as an event carries them.
    var message: TransferTerms {
        var terms = TransferTerms()
        terms.scope = scope.text
        terms.assets = assets.map(\.message)
        terms.scheduled = isScheduled
        terms.basicCycle = UInt32(basicCycleDays)
        terms.additionalCycle = UInt32(additionalCycleDays)
        terms.endsOn = endsOn.digits
        terms.purpose = purpose
        terms.keptUntil = keptUntil.digits
        if let isAllowed = memo.isAllowed { terms.memoAllowed = isAllowed }
        if let isAllowed = merchant.isAllowed { terms.merchantAllowed = isAllowed }
        if let isAllowed = category.isAllowed { terms.categoryAllowed = isAllowed }
        return terms
    }
}

extension RequestTerms.NamedAsset {
    init(_ asset: RequestedAsset) throws(FoldError) {
        kind = (0...255).contains(asset.kind.rawValue) ? asset.kind : .unspecified
        guard !asset.compartment.isEmpty else { return }
        guard let id = AssetID(Array(asset.compartment).span) else { throw .unrepresentable }
        compartment = id
    }

    var message: RequestedAsset {
        var asset = RequestedAsset()
        asset.kind = kind
        if let compartment { asset.compartment = Data(compartment.bytes) }
        return asset
    }
}
