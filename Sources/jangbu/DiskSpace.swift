import Files
import Foundation

/// What file systems and folders hold.
enum DiskSpace {
    /// Size of the file system that `path` is on, in bytes.
    static func total(at path: String) throws -> UInt64 {
        let facts = try FileManager.default.attributesOfFileSystem(forPath: path)
        return (facts[.systemSize] as? NSNumber)?.uint64Value ?? 0
    }

    /// Bytes of the files below a folder; files that vanish meanwhile count as nothing.
    static func used(by folder: String) -> UInt64 {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return 0 }
        var sum: UInt64 = 0
        while files.nextObject() != nil {
            sum += (files.fileAttributes?[.size] as? NSNumber)?.uint64Value ?? 0
        }
        return sum
    }
}
