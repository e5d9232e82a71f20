internal import Finance

/// What several industries serve: pensions, prepaid means, dormant assets.
enum SharedAPIs {
    static let all: [StandardAPI] = []
}
