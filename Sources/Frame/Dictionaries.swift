/// The static public dictionaries by suite; the same bytes as the files in `Schemas/dictionaries`.
enum Dictionaries {
    static let first: [UInt8] = Array("interim".utf8)
}
