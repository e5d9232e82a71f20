/// What a key is leased for.
///
/// Whoever asks names it; what is not in the table below is refused.
public enum Purpose: UInt8, Sendable, CaseIterable {
    /// Sealing what providers, persons and decisions say.
    case collection
    /// Folding read models.
    case projection
    /// Showing a person their own data.
    case service
    /// Deciding an application.
    case decision
    /// Proving to an auditor what was known and decided.
    case audit
    /// Handing a person all their data.
    case export
    /// Studies over persons who agreed to one.
    case research

    /// The roles whose keys the purpose reaches.
    ///
    /// `own` is in none: the operator has no key of it.
    /// Research reaches nothing without a consent, and consents are not evaluated here yet.
    var roles: RoleSet {
        switch self {
        case .collection:
            [
                .asset, .consent, .evidence, .decision, .preference, .view, .credential,
                .quarantine,
            ]
        case .projection:
            [
                .asset, .consent, .evidence, .decision, .preference, .view, .credential,
                .quarantine,
            ]
        case .service, .export:
            [.asset, .consent, .evidence, .decision, .preference, .view, .quarantine]
        case .decision: [.asset, .consent, .decision, .preference]
        case .audit: [.asset, .consent, .evidence, .decision, .preference, .quarantine]
        case .research: []
        }
    }

    func reaches(_ role: CompartmentRole) -> Bool { roles.contains(role) }
}

/// A set of roles, one bit each.
struct RoleSet: OptionSet {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ role: CompartmentRole) { rawValue = 1 << UInt16(role.rawValue) }

    func contains(_ role: CompartmentRole) -> Bool { contains(RoleSet(role)) }

    static let asset = RoleSet(CompartmentRole.asset)
    static let consent = RoleSet(CompartmentRole.consent)
    static let evidence = RoleSet(CompartmentRole.evidence)
    static let decision = RoleSet(CompartmentRole.decision)
    static let preference = RoleSet(CompartmentRole.preference)
    static let view = RoleSet(CompartmentRole.view)
    static let credential = RoleSet(CompartmentRole.credential)
    static let quarantine = RoleSet(CompartmentRole.quarantine)
}
