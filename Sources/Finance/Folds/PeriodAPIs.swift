extension ProviderAPI {
    /// Whether it is asked for the movements or bills of a period, so that a day can be without its
    /// answer.
    ///
    /// `StandardAPI.shape` says it of what is asked; a test holds the two together, as folds know
    /// no provider.
    public var isOverPeriod: Bool {
        switch self {
        case .bank004, .bank007, .bank010, .bank012, .card004, .card008, .card009, .card013,
            .card014, .card015, .invest003, .insu006, .insu007, .insu011, .insu021, .efin004,
            .efin103, .capital004, .capital006, .ginsu003, .irp004, .dc003, .prepaid003,
            .prepaid004:
            true
        default: false
        }
    }
}
