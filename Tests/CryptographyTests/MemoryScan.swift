import Glibc

/// Looks through all writable memory of this process for a key, by the kernel's own account.
///
/// What is looked for are the key's last 16 bytes: the allocator writes over the first 16 of what
/// is freed, so a whole key that was not wiped would not be found.
///
/// The bytes sought are held masked, so that the search finds others' copies and not its own; the
/// buffer that memory is read into is left out.
struct MemoryScan {
    private static let mask: UInt8 = 0xa5
    private static let chunkBytes = 1 << 20
    private let masked: [UInt8]

    /// `masked` is each byte of what is sought XOR 0xa5.
    init(masked: [UInt8]) {
        precondition(masked.count == 32)
        self.masked = Array(masked[16...])
    }

    /// Masks `bytes` in place and takes them over.
    init(taking bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] ^= MemoryScan.mask }
        self.init(masked: bytes)
    }

    /// Copies found and bytes looked at.
    ///
    /// The stack below this call is overwritten first, as the next calls would: libcrypto and the
    /// dynamic linker (which saves vector registers on a function's first call) leave pieces there
    /// that are not ours to wipe. What is counted is memory that would stay.
    func count() -> (found: Int, bytes: Int) {
        MemoryScan.overwriteStack(blocks: 64)
        // Mapped, not allocated: a freed allocation would keep what was read for the next search.
        let address = unsafe mmap(
            nil,
            MemoryScan.chunkBytes,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0
        )
        let buffer = unsafe UnsafeMutableRawBufferPointer(
            start: address,
            count: MemoryScan.chunkBytes
        )
        defer { unsafe munmap(address, MemoryScan.chunkBytes) }
        let memory = unsafe open("/proc/self/mem", O_RDONLY)
        precondition(memory >= 0, "/proc/self/mem can be read")
        defer { close(memory) }
        var (found, bytes) = (0, 0)
        let own = UInt(bitPattern: buffer.baseAddress)
        for region in MemoryScan.writableRegions() {
            var start = region.lowerBound
            while start < region.upperBound {
                // Overlaps the next chunk by 15 bytes, so that no copy falls between two.
                let count = min(Int(region.upperBound - start), MemoryScan.chunkBytes)
                let read = unsafe pread(memory, buffer.baseAddress, count, off_t(start))
                guard read > 15 else { break }
                bytes += read
                unsafe found += occurrences(
                    in: UnsafeRawBufferPointer(rebasing: buffer[..<read]),
                    at: start,
                    outside: own..<own + UInt(buffer.count)
                )
                start += UInt(read - 15)
                if read - 15 <= 0 || read < count || count < MemoryScan.chunkBytes { break }
            }
        }
        return (found, bytes)
    }

    @inline(never)
    private static func overwriteStack(blocks: Int) {
        var block = InlineArray<512, UInt64>(repeating: 0)
        unsafe explicit_bzero(&block, 4_096)
        if blocks > 1 { overwriteStack(blocks: blocks - 1) }
        // After the call too, or it is a jump and every block the same.
        unsafe explicit_bzero(&block, 4_096)
    }

    private func occurrences(
        in chunk: UnsafeRawBufferPointer,
        at start: UInt,
        outside own: Range<UInt>
    ) -> Int {
        // By memchr for a byte that is not zero, as most of memory is: 1 byte in 256 is looked at.
        guard let pivot = masked.firstIndex(where: { $0 != MemoryScan.mask }) else { return 0 }
        var found = 0
        var offset = 0
        while offset <= chunk.count - 16 {
            guard let from = unsafe chunk.baseAddress?.advanced(by: offset + pivot),
                let hit = unsafe memchr(
                    from,
                    Int32(masked[pivot] ^ MemoryScan.mask),
                    chunk.count - 16 - offset + 1
                )
            else { break }
            unsafe offset += UnsafeRawPointer(hit) - from
            if !own.contains(start + UInt(offset)), unsafe isMatch(chunk, at: offset) { found += 1 }
            offset += 1
        }
        return found
    }

    private func isMatch(_ chunk: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        for index in 0..<16
        where unsafe chunk[offset + index] ^ MemoryScan.mask != masked[index] { return false }
        return true
    }

    private static func writableRegions() -> [Range<UInt>] {
        let file = unsafe open("/proc/self/maps", O_RDONLY)
        precondition(file >= 0, "/proc/self/maps can be read")
        defer { close(file) }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(file, &part, part.count)
            guard count > 0 else { break }
            text += part.prefix(count)
        }
        return text.split(separator: 0x0a).compactMap { line in
            let words = line.split(separator: 0x20)
            guard words.count > 1, words[1].starts(with: Array("rw".utf8)) else { return nil }
            let ends = words[0].split(separator: 0x2d).compactMap {
                UInt(String(decoding: $0, as: UTF8.self), radix: 16)
            }
            // Not what a sanitizer reserves for itself: terabytes, and reading would fill them.
            guard ends.count == 2, ends[1] - ends[0] < 1 << 28 else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
