internal import Cryptography
internal import Finance

/// Keyed hashes of rows and of natural keys, of this process only.
struct RowHash {
    private let code: HMAC
    private var keyBytes: [UInt8] = []

    init(key: SecretKey) { code = key.withBytes { HMAC(key: $0) } }

    /// Hash of an event, or of one whose bytes end with `suffix`.
    func row(_ event: Span<UInt8>, suffix: Span<UInt8> = Span()) -> UInt64 {
        code.code(event, suffix).withBytes { $0.littleEndian(UInt64.self, at: 0) }
    }

    /// Hash of the natural key within the API; nil when the fact's bytes cannot be read.
    ///
    /// `occurrence` stands for the event's own, when it has none yet.
    mutating func key(of event: borrowing EventView, occurrence: UInt32? = nil) -> UInt64? {
        keyBytes.removeAll(keepingCapacity: true)
        do throws(EventError) {
            try NaturalKey.append(event, occurrence: occurrence, to: &keyBytes)
        } catch {
            return nil
        }
        return row(of: event.apiCode)
    }

    /// Hash of the key that what becomes of an approval has; nil when the event is none.
    mutating func outcomeKey(of approval: borrowing EventView) -> UInt64? {
        keyBytes.removeAll(keepingCapacity: true)
        do throws(EventError) {
            guard try NaturalKey.append(outcomeOf: approval, to: &keyBytes) else { return nil }
        } catch {
            return nil
        }
        return row(of: approval.apiCode)
    }

    private mutating func row(of apiCode: UInt32) -> UInt64 {
        keyBytes.appendLittleEndian(apiCode)
        return row(keyBytes.span)
    }
}

// What a log holds was checked before it was recorded. If this build cannot read it all the same,
// it counts as a row like any other: known by its bytes.
extension RowHash {
    @_lifetime(copy bytes)
    static func event(_ bytes: Span<UInt8>) -> EventView? {
        do throws(EventError) {
            return try EventView(bytes, of: AssetID(high: 0, low: 0))
        } catch {
            return nil
        }
    }

    /// The event that `event` takes back.
    @_lifetime(copy event)
    static func retracted(_ event: borrowing EventView) -> Span<UInt8>? {
        do throws(EventError) {
            return try event.retraction()?.event
        } catch {
            return nil
        }
    }

    /// Whether a part of a state can be said to be gone, and is not said to be.
    static func canEnd(_ event: borrowing EventView) -> Bool {
        guard GonePart.canBe(event.type) else { return false }
        do throws(EventError) {
            return try !GonePart.isGone(event)
        } catch {
            return false
        }
    }

    /// How facts of the event's type follow each other; rows of files are movements, whatever they
    /// state.
    static func kind(of event: borrowing EventView) -> NaturalKey.Kind {
        event.apiCode == 0 ? .movement : NaturalKey.kind(of: event.type)
    }
}
