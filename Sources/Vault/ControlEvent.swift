internal import Cryptography
internal import Frame

/// The control events of `Schemas/jangbu/v1/control.proto` that the vault writes and reads.
///
/// As bytes they are what swift-protobuf makes of the same messages; a test holds that.
enum ControlEvent {
    case wrapped(KeyWrap)
    case opened(CompartmentID, CompartmentRole, AssetName)
    case rewrapped(kekEpoch: UInt32, [KeyWrap])
    case shredded(Shredding)

    static let wrappedType: UInt32 = 10
    static let rewrappedType: UInt32 = 11
    static let shreddedType: UInt32 = 12
    static let openedType: UInt32 = 14
    /// The operator is the holder; wraps for others are not ours to open.
    fileprivate static let operatorHolder: UInt64 = 1

    /// A compartment's key of one epoch, within a frame that its holder's key seals.
    struct KeyWrap {
        var compartment: CompartmentID
        var epoch: UInt32
        var key: SecretKey
        var kekEpoch: UInt32
    }

    /// Bytes of the event with the length before it, at most; a frame's bytes are reserved by this,
    /// since growing would leave keys behind in freed memory.
    var byteCountMax: Int {
        switch self {
        case .wrapped: 128
        case .opened(_, _, let asset):
            128 + asset.provider.utf8.count + asset.key.utf8.count
        case .rewrapped(_, let wraps): 64 + 96 * wraps.count
        case .shredded: 256
        }
    }

    /// Appends the event with its length before it; `occurredAt` in seconds since 1970-01-01 UTC.
    func append(to out: inout [UInt8], occurredAt: Int64) {
        var event = encoded(occurredAt: occurredAt)
        defer { wipe(&event) }
        out.appendVarint(UInt64(event.count))
        out.append(span: event.span)
    }

    /// The event without a length before it; who asks for one that holds keys wipes it.
    func encoded(occurredAt: Int64) -> [UInt8] {
        var head: [UInt8] = []
        head.appendField(1, varint: UInt64(bitPattern: occurredAt))
        var fact: [UInt8] = []
        fact.reserveCapacity(byteCountMax)
        defer { wipe(&fact) }
        switch self {
        case .wrapped(let wrap): wrap.append(to: &fact)
        case .opened(let id, let role, let asset):
            ControlEvent.appendOpened(id, role, asset, to: &fact)
        case .rewrapped(let epoch, let wraps):
            ControlEvent.appendRewrapped(epoch, wraps, to: &fact)
        case .shredded(let shredding): shredding.append(to: &fact)
        }
        head.appendTag(type, byteCount: fact.count)
        var event: [UInt8] = []
        event.reserveCapacity(head.count + fact.count)
        event.append(span: head.span)
        event.append(span: fact.span)
        return event
    }

    private var type: UInt32 {
        switch self {
        case .wrapped: ControlEvent.wrappedType
        case .opened: ControlEvent.openedType
        case .rewrapped: ControlEvent.rewrappedType
        case .shredded: ControlEvent.shreddedType
        }
    }

    private static func appendOpened(
        _ id: CompartmentID,
        _ role: CompartmentRole,
        _ asset: AssetName,
        to out: inout [UInt8]
    ) {
        out.appendField(1, bytes: id.bytes.span)
        out.appendField(2, varint: UInt64(role.rawValue))
        out.appendField(3, varint: UInt64(asset.kind))
        out.appendField(4, text: asset.provider)
        out.appendField(5, varint: UInt64(asset.industry))
        out.appendField(6, text: asset.key)
        out.appendField(7, varint: UInt64(asset.issuedOn))
    }

    private static func appendRewrapped(
        _ kekEpoch: UInt32,
        _ wraps: [KeyWrap],
        to out: inout [UInt8]
    ) {
        out.appendField(1, varint: UInt64(kekEpoch))
        // The only rewrap there is: a compartment was erased.
        out.appendField(2, varint: 1)
        for wrap in wraps {
            var one: [UInt8] = []
            one.reserveCapacity(128)
            defer { wipe(&one) }
            wrap.append(to: &one)
            out.appendField(3, bytes: one.span)
        }
    }

    /// Reads one event; nil when it is of another type, or a wrap for another holder.
    static func read(
        _ event: Span<UInt8>
    ) throws(WireFault) -> (event: ControlEvent, occurredAt: Int64)? {
        var fields = FieldReader(event)
        var occurredAt: Int64 = 0
        var found: ControlEvent?
        while let (number, kind) = try fields.next() {
            switch (number, kind) {
            case (1, 0): occurredAt = Int64(bitPattern: try fields.varint())
            case (wrappedType, 2): found = try KeyWrap(fields.field()).map { .wrapped($0) }
            case (rewrappedType, 2): found = try readRewrapped(fields.field())
            case (shreddedType, 2):
                found = .shredded(try Shredding(fields.field()))
            case (openedType, 2): found = try readOpened(fields.field())
            default: try fields.skip(kind: kind)
            }
        }
        guard let found else { return nil }
        guard case .shredded(var shredding) = found else { return (found, occurredAt) }
        shredding.at = occurredAt
        return (.shredded(shredding), occurredAt)
    }

    private static func readOpened(_ fact: Span<UInt8>) throws(WireFault) -> ControlEvent? {
        var fields = FieldReader(fact)
        var id: CompartmentID?
        var role: CompartmentRole?
        var asset = AssetName(provider: "", key: "", kind: 0)
        while let (number, kind) = try fields.next() {
            switch (number, kind) {
            case (1, 2): id = try fields.identifier()
            case (2, 0): role = CompartmentRole(rawValue: UInt8(clamping: try fields.varint()))
            case (3, 0): asset.kind = try fields.number()
            case (4, 2): asset.provider = try fields.text()
            case (5, 0): asset.industry = try fields.number()
            case (6, 2): asset.key = try fields.text()
            case (7, 0): asset.issuedOn = try fields.number()
            default: try fields.skip(kind: kind)
            }
        }
        guard let id, let role else { throw WireFault() }
        return .opened(id, role, asset)
    }

    private static func readRewrapped(_ fact: Span<UInt8>) throws(WireFault) -> ControlEvent? {
        var fields = FieldReader(fact)
        var kekEpoch: UInt32 = 0
        var wraps: [KeyWrap] = []
        while let (number, kind) = try fields.next() {
            switch (number, kind) {
            case (1, 0): kekEpoch = try fields.number()
            case (3, 2): if let wrap = try KeyWrap(fields.field()) { wraps.append(wrap) }
            default: try fields.skip(kind: kind)
            }
        }
        return .rewrapped(kekEpoch: kekEpoch, wraps)
    }
}

extension ControlEvent.KeyWrap {
    func append(to out: inout [UInt8]) {
        out.appendField(1, bytes: compartment.bytes.span)
        out.appendField(2, varint: UInt64(epoch))
        key.withBytes { out.appendField(3, bytes: $0) }
        out.appendField(4, varint: ControlEvent.operatorHolder)
        out.appendField(5, varint: UInt64(kekEpoch))
    }

    /// Nil for another holder's wrap.
    init?(_ fact: Span<UInt8>) throws(WireFault) {
        var fields = FieldReader(fact)
        var id: CompartmentID?
        var key: SecretKey?
        var holder: UInt64 = 0
        (epoch, kekEpoch) = (0, 0)
        while let (number, kind) = try fields.next() {
            switch (number, kind) {
            case (1, 2): id = try fields.identifier()
            case (2, 0): epoch = try fields.number()
            case (3, 2):
                let bytes = try fields.field()
                if bytes.count == SecretKey.byteCount { key = SecretKey(copying: bytes) }
            case (4, 0): holder = try fields.varint()
            case (5, 0): kekEpoch = try fields.number()
            default: try fields.skip(kind: kind)
            }
        }
        guard holder == ControlEvent.operatorHolder else { return nil }
        guard let id, let key else { throw WireFault() }
        (compartment, self.key) = (id, key)
    }
}

extension FieldReader {
    @_lifetime(self: copy self)
    mutating func number() throws(WireFault) -> UInt32 { UInt32(clamping: try varint()) }

    @_lifetime(self: copy self)
    mutating func text() throws(WireFault) -> String {
        String(decoding: try field().array, as: UTF8.self)
    }

    @_lifetime(self: copy self)
    mutating func identifier<T: Identifier>() throws(WireFault) -> T {
        let bytes = try field()
        guard bytes.count == T.byteCount else { throw WireFault() }
        return T(bytes)
    }
}
