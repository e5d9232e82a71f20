/// Writes canonical states.
///
/// Unsigned numbers are the shortest LEB128, signed ones zigzag before that, texts have their
/// length before them. Lists come with their count and in strictly rising order of key.
struct StateWriter: ~Copyable {
    private(set) var bytes: [UInt8]

    /// A writer that appends to `bytes`, which are empty until `finish()` gives them back.
    init(taking bytes: inout [UInt8]) {
        self.bytes = []
        swap(&self.bytes, &bytes)
    }

    consuming func finish() -> [UInt8] { bytes }

    mutating func number(_ value: UInt64) { bytes.append(varint: value) }

    mutating func number(_ value: Int) { number(UInt64(value)) }

    mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Eight bytes, big-endian: for what is random and would not get shorter.
    mutating func fixed(_ value: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func wide(_ value: Int128) {
        fixed(UInt64(truncatingIfNeeded: value >> 64))
        fixed(UInt64(truncatingIfNeeded: value))
    }

    mutating func id(_ id: AssetID) {
        fixed(id.high)
        fixed(id.low)
    }

    mutating func optional(_ value: Int64?) {
        number(value == nil ? 0 : 1)
        if let value { signed(value) }
    }

    mutating func text(_ text: some Collection<UInt8>) {
        number(text.count)
        bytes.append(contentsOf: text)
    }
}

/// Reads what `StateWriter` wrote, refusing every other spelling of the same content.
struct StateReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var index = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    @_lifetime(self: copy self)
    mutating func number() throws(FoldError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            // The tenth byte has one bit left; a last byte of zero is a longer spelling than
            // needed.
            guard shift < 63 || byte <= 1, shift == 0 || byte != 0 else { throw .malformedState }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .malformedState
    }

    @_lifetime(self: copy self)
    mutating func number(through greatest: UInt64) throws(FoldError) -> UInt64 {
        let value = try number()
        guard value <= greatest else { throw .malformedState }
        return value
    }

    /// A count of things that take at least one byte each: so it bounds what is reserved for them.
    @_lifetime(self: copy self)
    mutating func count(through greatest: Int) throws(FoldError) -> Int {
        let value = try number(through: UInt64(greatest))
        guard value <= UInt64(bytes.count - index) else { throw .malformedState }
        return Int(value)
    }

    @_lifetime(self: copy self)
    mutating func signed() throws(FoldError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    @_lifetime(self: copy self)
    mutating func optional() throws(FoldError) -> Int64? {
        try number(through: 1) == 0 ? nil : try signed()
    }

    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func text(through greatest: Int) throws(FoldError) -> Span<UInt8> {
        let length = try count(through: greatest)
        let start = index
        index += length
        return bytes.extracting(start..<index)
    }

    @_lifetime(self: copy self)
    mutating func bytes(through greatest: Int) throws(FoldError) -> [UInt8] {
        let text = try text(through: greatest)
        var copy: [UInt8] = []
        copy.reserveCapacity(text.count)
        for index in text.indices { copy.append(text[index]) }
        return copy
    }

    @_lifetime(self: copy self)
    mutating func fixed() throws(FoldError) -> UInt64 {
        guard bytes.count - index >= 8 else { throw .malformedState }
        var value: UInt64 = 0
        for _ in 0..<8 {
            value = value << 8 | UInt64(bytes[index])
            index += 1
        }
        return value
    }

    @_lifetime(self: copy self)
    mutating func wide() throws(FoldError) -> Int128 {
        let high = try fixed()
        return Int128(Int64(bitPattern: high)) << 64 | Int128(try fixed())
    }

    @_lifetime(self: copy self)
    mutating func id() throws(FoldError) -> AssetID {
        AssetID(high: try fixed(), low: try fixed())
    }

    /// What a state keeps of each asset, in the order of their ids.
    @_lifetime(self: copy self)
    mutating func assets<Value>(
        through greatest: Int,
        _ read: (inout StateReader) throws(FoldError) -> Value
    ) throws(FoldError) -> [AssetID: Value] {
        var assets: [AssetID: Value] = [:]
        var keys = RisingKeys<AssetID>()
        for _ in 0..<(try count(through: greatest)) {
            let id = try id()
            try keys.take(id)
            assets[id] = try read(&self)
        }
        return assets
    }

    /// An ISO 4217 numeric code, 1...999.
    @_lifetime(self: copy self)
    mutating func currency() throws(FoldError) -> UInt16 {
        let code = UInt16(try number(through: 999))
        guard code > 0 else { throw .malformedState }
        return code
    }

    var isAtEnd: Bool { index == bytes.count }

    func finish() throws(FoldError) {
        guard index == bytes.count else { throw .malformedState }
    }
}

/// The keys of a list as they are read: each above the one before it.
struct RisingKeys<Key: Comparable> {
    private var last: Key?

    /// - Throws: `.malformedState` for a key that does not rise.
    mutating func take(_ key: Key) throws(FoldError) {
        guard last.map({ $0 < key }) ?? true else { throw .malformedState }
        last = key
    }
}
