extension Span where Element == UInt8 {
    /// Reads a little-endian integer at any alignment; traps outside the span.
    @inlinable
    public func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type,
        at offset: Int
    ) -> T {
        precondition(
            offset >= 0 && offset <= count - MemoryLayout<T>.size,
            "read outside the bytes"
        )
        // In bounds by the line above; every bit pattern is a valid integer.
        return unsafe withUnsafeBytes { raw in
            unsafe T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
    }

    /// Reads a big-endian integer at any alignment; traps outside the span.
    @inlinable
    public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type,
        at offset: Int
    ) -> T {
        littleEndian(type, at: offset).byteSwapped
    }

    /// A copy of the bytes.
    @inlinable
    public var array: [UInt8] {
        // Copies `count` initialised bytes; the pointer does not outlive the closure.
        unsafe withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Equal bytes; not constant time, so never for secrets.
    @inlinable
    public func elementsEqual(_ other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }
}

extension MutableSpan where Element == UInt8 {
    /// Writes a little-endian integer at any alignment; traps outside the span.
    @inlinable
    public mutating func setLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T,
        at offset: Int
    ) {
        precondition(
            offset >= 0 && offset <= count - MemoryLayout<T>.size,
            "write outside the bytes"
        )
        // In bounds by the line above.
        unsafe withUnsafeMutableBytes { raw in
            unsafe raw.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
        }
    }

    /// Copies `source` to `offset`; traps when it does not fit.
    @inlinable
    public mutating func copy(_ source: Span<UInt8>, at offset: Int) {
        precondition(offset >= 0 && source.count <= count - offset, "write outside the bytes")
        // Both ranges checked; a borrowed source cannot overlap an exclusive destination.
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...])
                    .copyMemory(from: bytes)
            }
        }
    }
}

extension Array where Element == UInt8 {
    /// Appends an integer, least significant byte first.
    @inlinable
    public mutating func appendLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        // Reads the value's own bytes.
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends an integer, most significant byte first: byte order is number order.
    @inlinable
    public mutating func appendBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        // Reads the value's own bytes.
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends borrowed bytes.
    @inlinable
    public mutating func append(span: Span<UInt8>) {
        // The pointer does not outlive the closure.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

/// Hexadecimal text, lower case.
public enum Hex {
    /// Two characters a byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes, or nil when `text` is not an even number of hexadecimal digits.
    public static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            guard let high = value(characters[index]), let low = value(characters[index + 1])
            else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x61 + 10
        case 0x41...0x46: character - 0x41 + 10
        default: nil
        }
    }
}
