import Compression
import Cryptography
import Frame

/// A frame's content with everything defaulted, so that what a test sets is what it is about.
struct Fixture {
    static let key = SecretKey(copying: Array(0..<32).span)
    static let otherKey = SecretKey(copying: Array(1..<33).span)

    var kind = FrameKind.provider
    var subject = SubjectID(high: 0x1111_2222_3333_4444, low: 0x5555_6666_7777_8888)
    var compartment = CompartmentID(high: 0x9999_aaaa_bbbb_cccc, low: 0xdddd_eeee_ffff_0000)
    var command = CommandID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
    var keyEpoch: UInt32 = 3
    var revision: UInt64 = 41
    var recordedAt: Int64 = 1_788_480_000_123_456
    var schemaSet: UInt32 = 7
    var counterpartyText = false
    var salt: (UInt64, UInt64) = (0xa0a1_a2a3_a4a5_a6a7, 0xa8a9_aaab_acad_aeaf)
    var events: [[UInt8]] = [Array("coffee".utf8), Array("bread".utf8), Array("a bus ride".utf8)]

    func content(eventCount: Int? = nil) -> FrameContent {
        FrameContent(
            kind: kind,
            subject: subject,
            compartment: compartment,
            keyEpoch: keyEpoch,
            revision: revision,
            command: command,
            recordedAt: recordedAt,
            schemaSet: schemaSet,
            eventCount: eventCount ?? events.count,
            counterpartyText: counterpartyText
        )
    }

    /// The events as a body holds them.
    var body: [UInt8] { Fixture.body(events) }

    static func body(_ events: [[UInt8]]) -> [UInt8] {
        events.flatMap { length($0.count) + $0 }
    }

    static func length(_ count: Int) -> [UInt8] {
        var (out, rest): ([UInt8], Int) = ([], count)
        while rest > 127 {
            out.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    /// The sealed frame.
    func frame(key: SecretKey = Fixture.key) throws -> [UInt8] {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        try sealer.seal(body.span, as: content(), key: key, salt: salt, into: &batch)
        return batch.bytes
    }
}

/// What a frame opens to: its header and events, or its error.
enum Opened: Equatable {
    case events(FrameHeader, [UInt8])
    case refused(FrameError)

    static func opening(
        _ frame: [UInt8],
        key: SecretKey = Fixture.key,
        checkingRoot: Bool = false
    ) throws -> Opened {
        var opener = try FrameOpener()
        return opening(frame, key: key, checkingRoot: checkingRoot, with: &opener)
    }

    static func opening(
        _ frame: [UInt8],
        key: SecretKey = Fixture.key,
        checkingRoot: Bool = false,
        with opener: inout FrameOpener
    ) -> Opened {
        do throws(FrameError) {
            let header = try opener.open(frame.span, key: key, checkingRoot: checkingRoot)
            return .events(header, opener.events.array)
        } catch {
            return .refused(error)
        }
    }
}

/// Seals what a sealer would refuse, as only a holder of the key can.
struct RawSealer {
    /// A frame with `header`'s fields, changed by `changing`, over a body that is already padded.
    static func frame(
        _ fixture: Fixture,
        body: [UInt8],
        root: Digest? = nil,
        changing: (inout [UInt8]) -> Void = { _ in }
    ) throws -> [UInt8] {
        var sample = fixture
        sample.events = [[1]]
        var bytes = Array(try sample.frame().prefix(FrameLimit.headerByteCount))
        var span = bytes.mutableSpan
        span.setLittleEndian(UInt32(fixture.events.count), at: 8)
        span.setLittleEndian(UInt32(body.count + AEAD.tagByteCount), at: 12)
        if let root { root.write(into: &span, at: 136) }
        changing(&bytes)
        let keys = HKDF.derive(
            key: Fixture.key,
            salt: (fixture.salt.0, fixture.salt.1),
            info: Array("jangbu frame 1".utf8).span
        )
        var sealed = body + [UInt8](repeating: 0, count: AEAD.tagByteCount)
        var target = sealed.mutableSpan
        try AEAD().sealOnce(key: keys.first, header: bytes.span, &target)
        return bytes + sealed
    }

    /// `content` packed with suite 1's dictionary and padded with zeros to `count` bytes.
    static func packed(_ content: [UInt8], paddedTo count: Int) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: max(count, Compressor.packedCountMax(content.count)))
        var span = out.mutableSpan
        let used = try Compressor(dictionary: Suite.first.dictionary)
            .pack(content.span, into: &span)
        return Array(out.prefix(used)) + [UInt8](repeating: 0, count: max(0, count - used))
    }
}
