internal import Finance

/// What every provider answers about itself and about the transfer request.
enum CommonAPIs {
    /// No scope of its own: any token opens it.
    static let scope = "common"
    static let all: [StandardAPI] = []
}
