#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A fresh directory, removed with all it holds when the test ends.
final class Scratch {
    let path: String

    init() {
        // In memory where there is such a place: no test here depends on a disk.
        let parent = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array((parent + "/jangbu-lmdb-XXXXXX").utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else {
                fatalError("mkdtemp: \(errno)")
            }
            return unsafe String(cString: made)
        }
    }

    deinit {
        remove(path)
    }

    var name: String {
        String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    }
    var environment: String { path + "/environment" }
    var dataFile: String { environment + "/data.mdb" }

    private func remove(_ path: String) {
        guard let directory = unsafe opendir(path) else {
            unsafe unlink(path)
            return
        }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { remove(path + "/" + name) }
        }
        unsafe closedir(directory)
        unsafe rmdir(path)
    }
}

extension Array where Element == UInt8 {
    init(_ span: Span<UInt8>) {
        self.init()
        reserveCapacity(span.count)
        for index in span.indices { append(span[index]) }
    }
}
