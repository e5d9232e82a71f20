public import Cryptography

/// Sixteen opaque bytes that name something, compared and hashed as two words.
public protocol Identifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Bytes 0...7, most significant first.
    var high: UInt64 { get }
    /// Bytes 8...15, most significant first.
    var low: UInt64 { get }
    /// Makes the identifier of two words.
    init(high: UInt64, low: UInt64)
}

extension Identifier {
    /// Bytes of an identifier.
    public static var byteCount: Int { 16 }

    /// Reads the identifier at `offset`.
    public init(_ bytes: Span<UInt8>, at offset: Int = 0) {
        self.init(
            high: bytes.bigEndian(UInt64.self, at: offset),
            low: bytes.bigEndian(UInt64.self, at: offset + 8)
        )
    }

    /// Reads exactly 32 hexadecimal digits; nil for anything else.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hex.decode(String(text)), bytes.count == 16 else { return nil }
        self.init(bytes.span)
    }

    /// The first 16 bytes of a digest.
    public init(truncating digest: Digest) {
        self.init(digest.bytes.span)
    }

    /// The sixteen bytes.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(16)
        append(to: &out)
        return out
    }

    /// Appends the sixteen bytes.
    public func append(to out: inout [UInt8]) {
        out.appendBigEndian(high)
        out.appendBigEndian(low)
    }

    /// Writes the sixteen bytes at `offset`.
    public func write(into out: inout MutableSpan<UInt8>, at offset: Int) {
        out.setLittleEndian(high.byteSwapped, at: offset)
        out.setLittleEndian(low.byteSwapped, at: offset + 8)
    }

    /// Byte order.
    public static func < (first: Self, second: Self) -> Bool {
        (first.high, first.low) < (second.high, second.low)
    }

    /// Sixteen random-looking bytes need no second mixing to be spread.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(high ^ low)
    }

    /// Lower-case hexadecimal, 32 characters.
    public var description: String { Hex.encode(bytes) }
}

/// A person, or one of the platform's own ledgers; random, found in the vault by a keyed hash.
public struct SubjectID: Identifier {
    /// Bytes 0...7, most significant first.
    public let high: UInt64
    /// Bytes 8...15, most significant first.
    public let low: UInt64

    /// Makes the identifier of two words.
    public init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// Effective-dated tables: rates, limits, caps.
    public static let regulation = SubjectID(high: 0, low: 1)
    /// Models, strategies and their approvals.
    public static let registry = SubjectID(high: 0, low: 2)
    /// What the platform did: imports, erasures, closed totals.
    public static let operations = SubjectID(high: 0, low: 3)
    /// Volume limits reserved before a decision.
    public static let reservations = SubjectID(high: 0, low: 4)
    /// The platform's own ledgers.
    public static let platform: [SubjectID] = [.regulation, .registry, .operations, .reservations]

    /// Not a person.
    public var isPlatform: Bool { high == 0 && low < 256 }
}

/// What one key opens and one erasure destroys; opaque.
public struct CompartmentID: Identifier {
    /// Bytes 0...7, most significant first.
    public let high: UInt64
    /// Bytes 8...15, most significant first.
    public let low: UInt64

    /// Makes the identifier of two words.
    public init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// Where wraps of the other compartments' keys are kept, under the subject's own KEK.
    public static let keys = CompartmentID(high: 0, low: 0)
}

/// A keyed hash of what asked for an append; the same request has the same id.
public struct CommandID: Identifier {
    /// Bytes 0...7, most significant first.
    public let high: UInt64
    /// Bytes 8...15, most significant first.
    public let low: UInt64

    /// Makes the identifier of two words.
    public init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }
}
