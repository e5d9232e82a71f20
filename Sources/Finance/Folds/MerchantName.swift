/// A merchant's name with what it is found by.
struct MerchantName: ~Escapable {
    let text: Span<UInt8>
    let count: Int
    let hash: UInt64
    let identity: MerchantIdentity

    /// What is kept of it.
    var known: Span<UInt8> {
        @_lifetime(copy self)
        get { text.extracting(0..<count) }
    }

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ count: Int, _ hash: UInt64, _ identity: MerchantIdentity) {
        self.text = text
        self.count = count
        self.hash = hash
        self.identity = identity
    }
}
