import CPowerFail

/// A recorded run of a program, and the directories that a power cut could have left of it.
///
/// What a cut may keep and lose is told in `CPowerFail.h`. One thread at a time; building is
/// fastest at points that do not go back.
@safe public struct PowerFail: ~Copyable {
    /// How what is not durable is kept or lost; an image differs by seed in all but the first two.
    public enum Mode: Int32, CaseIterable, Sendable {
        case lose, keep, pages, sectors, prefix, suffix, shuffle
    }

    /// When the names of files become durable.
    public enum Names: Sendable {
        /// By a flush of their directory alone.
        case posix
        /// Also by a flush of any file after them, as in the journal of ext4.
        case ordered
    }

    /// Why a trace cannot be read or an image not be built, in a sentence.
    public struct Failure: Error, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// What a trace holds, in counts.
    public struct Totals: Sendable {
        public let writes, bytesWritten, flushes, durableWrites, lengthChanges, nameChanges: UInt64
    }

    private let handle: OpaquePointer

    /// Reads a trace written by the recorder.
    ///
    /// - Throws: `Failure` when it is not a trace, or when a call went past the recorder, so that
    ///   images of it would be wrong.
    public init(trace: String, names: Names = .posix) throws(Failure) {
        let options: UInt32 = names == .ordered ? POWERFAIL_ORDERED : 0
        var sentence = [CChar](repeating: 0, count: 512)
        let opened = unsafe powerfail_open(trace, options, &sentence, sentence.count)
        guard let opened = unsafe opened else {
            throw Failure(description: Self.text(sentence))
        }
        if let unseen = unsafe powerfail_unseen(opened, 0) {
            let call = unsafe String(cString: unseen)
            unsafe powerfail_close(opened)
            throw Failure(description: "went past the recorder: \(call)")
        }
        unsafe handle = unsafe opened
    }

    deinit { unsafe powerfail_close(handle) }

    /// Crash points are 0...operationCount.
    ///
    /// At a point that many operations have ended; the next may have begun.
    public var operationCount: UInt64 { unsafe powerfail_operation_count(handle) }

    /// What the trace holds.
    public var totals: Totals {
        let t = unsafe powerfail_totals(handle)
        return Totals(
            writes: t.writes,
            bytesWritten: t.bytes_written,
            flushes: t.flushes,
            durableWrites: t.durable_writes,
            lengthChanges: t.length_changes,
            nameChanges: t.name_changes
        )
    }

    /// How many marks the program had set before the cut.
    public func markCount(before point: UInt64) -> UInt64 {
        unsafe powerfail_mark_count(handle, point)
    }

    /// The words of one mark, 0-based in their order.
    public func mark(_ index: UInt64) -> String? {
        var length = 0
        guard let bytes = unsafe powerfail_mark(handle, index, &length) else { return nil }
        let span = unsafe UnsafeRawBufferPointer(start: bytes, count: length)
        return unsafe String(decoding: span, as: UTF8.self)
    }

    /// Names of the files that were mapped shared and writable, whose bytes no trace can tell.
    public var mappedFiles: [String] {
        let count = unsafe powerfail_totals(handle).mapped
        return (0..<count).compactMap { index in
            unsafe powerfail_mapped(handle, index).map { unsafe String(cString: $0) }
        }
    }

    /// Replaces what is in a directory by an image; the same arguments give the same image.
    ///
    /// The directory is absent or empty the first time, then only filled by this value.
    ///
    /// - Throws: `Failure` when the directory cannot be cleared or filled.
    public func build(
        in directory: String,
        seed: UInt64,
        point: UInt64,
        mode: Mode
    ) throws(Failure) {
        if unsafe powerfail_build(handle, directory, seed, point, mode.rawValue) != 0 {
            throw failure
        }
    }

    /// Checks that the trace tells all that happened in the directory where the program ran.
    ///
    /// - Throws: `Failure` with the first difference.
    public func compare(with directory: String) throws(Failure) {
        if unsafe powerfail_compare(handle, directory) != 0 { throw failure }
    }

    private var failure: Failure {
        Failure(description: unsafe String(cString: powerfail_error(handle)))
    }

    private static func text(_ sentence: [CChar]) -> String {
        String(
            decoding: sentence.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
