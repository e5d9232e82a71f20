internal import FoundationEssentials
internal import SwiftProtobuf

/// What a person is asked before anything else than a transfer: 수집·이용, 제3자 제공.
///
/// Texts are as long as 지원-105 can say them, in bytes of UTF-8; longer ones are cut.
public struct AgreementTerms: Hashable, Sendable {
    /// What it allows.
    public var kind: ConsentKind
    /// Its number at the portal, for third-party provision; 50.
    public var number = ""
    /// Service that asks for it; 100.
    public var serviceName = ""
    /// Title of the agreement; 100.
    public var consentName = ""
    /// org_code of who receives the data; 10.
    public var recipientCode = ""
    /// Who receives the data; 200.
    public var recipientName = ""
    /// What the data is for; 1,000.
    public var purpose = ""
    /// How long it may be kept and used; 300.
    public var period = ""
    /// Whether it is for one hand-over only.
    public var isOnce = false
    /// Assets it covers; none is all.
    public var assets: [RequestTerms.NamedAsset] = []
    /// Last day, if it has one.
    public var endsOn: CivilDate?
    /// What the person is told about withdrawing it; 300.
    public var revocationNote = ""

    /// An agreement of a kind that says nothing yet.
    public init(kind: ConsentKind) { self.kind = kind }

    /// The texts, in a fixed order, with the bytes that each may have.
    static var texts: [(field: WritableKeyPath<AgreementTerms, String>, bytesMax: Int)] {
        [
            (\.number, 50), (\.serviceName, 100), (\.consentName, 100), (\.recipientCode, 10),
            (\.recipientName, 200), (\.purpose, 1_000), (\.period, 300), (\.revocationNote, 300),
        ]
    }
}

extension AgreementTerms {
    init(_ granted: ConsentGranted) throws(FoldError) {
        self.init(kind: (0...255).contains(granted.kind.rawValue) ? granted.kind : .unspecified)
        guard granted.assets.count <= RequestTerms.assetsMax else { throw .unrepresentable }
        number = granted.number
        serviceName = granted.serviceName
        consentName = granted.consentName
        recipientCode = granted.recipientCode
        recipientName = granted.recipientName
        purpose = granted.purpose
        period = granted.period
        revocationNote = granted.revocationNote
        for text in Self.texts {
            self[keyPath: text.field] = self[keyPath: text.field].cut(to: text.bytesMax)
        }
        isOnce = granted.once
        for asset in granted.assets { assets.append(try RequestTerms.NamedAsset(asset)) }
        guard granted.endsOn != 0 else { return }
        guard let day = CivilDate(digits: granted.endsOn) else { throw .unrepresentable }
        endsOn = day
    }

    /// The agreement as an event carries it.
    func message(_ id: ConsentID) -> ConsentGranted {
        var granted = ConsentGranted()
        granted.consent = Data(id.bytes)
        granted.kind = kind
        granted.number = number
        granted.serviceName = serviceName
        granted.consentName = consentName
        granted.recipientCode = recipientCode
        granted.recipientName = recipientName
        granted.purpose = purpose
        granted.period = period
        granted.once = isOnce
        granted.assets = assets.map(\.message)
        granted.endsOn = endsOn?.digits ?? 0
        granted.revocationNote = revocationNote
        return granted
    }
}
