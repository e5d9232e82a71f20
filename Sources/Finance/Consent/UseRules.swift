/// How a field must be treated: its `class` in `Schemas/catalog`, in rising order.
///
/// Whatever holds several classes is treated as the last of them.
public enum SensitivityClass: UInt8, Comparable, CaseIterable, Sendable {
    /// Known to everybody.
    case `public` = 0
    /// How data came here.
    case operational = 1
    /// Amounts, terms, states of assets.
    case financial = 2
    /// Where, when and with whom a person deals.
    case personal = 3
    /// Passbook texts, and what no field has a place for.
    case restricted = 4
    /// Numbers and names that point at a person or an account.
    case identifying = 5
    /// Key material and tokens.
    case secret = 6

    /// Earlier before later.
    public static func < (left: SensitivityClass, right: SensitivityClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What data is used for.
public enum UsePurpose: String, CaseIterable, Sendable {
    /// The person's own view and analysis, and their export.
    case ownView = "own-view"
    /// Keeping the service running.
    case operation
    /// Deciding an application that the person made.
    case decision
    /// Studies and models over persons who agreed.
    case research
    /// Offers to the person, who agreed.
    case marketing
    /// Handing on under an agreement.
    case provision
    /// Proving what was done.
    case audit
}

/// What may be done with a field.
public enum Use: UInt8, Sendable {
    /// Not at all.
    case refused = 0
    /// Shown with most of it hidden.
    case masked = 1
    /// As it is.
    case allowed = 2
}

/// What may be used for what: passbook texts (`trans_memo`) and everything of a minor serve only
/// the person's own view.
///
/// Sources: the supervision rule in force since 2022-01-01; MyData 2.0, 3-마. Whether the person
/// agreed to the purpose is another question: see `Agreement.holds`.
public enum UseRules {
    /// What a purpose may do with a field of a class about a person of an age.
    public static func use(
        of sensitivity: SensitivityClass,
        for purpose: UsePurpose,
        age: AgeBand
    ) -> Use {
        let effective = age == .adult ? sensitivity : max(sensitivity, .restricted)
        switch effective {
        case .public: return .allowed
        case .operational: return forOperational(purpose)
        case .financial:
            return .allowed
        case .personal: return [.operation, .audit].contains(purpose) ? .masked : .allowed
        case .restricted: return purpose == .ownView ? .allowed : .refused
        case .identifying: return forIdentifying(purpose, isMinor: age != .adult)
        case .secret: return .refused
        }
    }

    private static func forOperational(_ purpose: UsePurpose) -> Use {
        switch purpose {
        case .ownView, .operation, .audit: .allowed
        // It says nothing of a person's life, and nothing that these are for.
        case .decision, .research, .marketing, .provision: .refused
        }
    }

    private static func forIdentifying(_ purpose: UsePurpose, isMinor: Bool) -> Use {
        switch purpose {
        case .ownView: .allowed
        case .operation, .audit: isMinor ? .refused : .masked
        case .decision, .research, .marketing, .provision: .refused
        }
    }
}
