#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A file beside the data that says that a flush of it failed.
///
/// After a failed flush the kernel keeps the pages and calls them clean, though the disk does not
/// have them: a process that starts again would read, and acknowledge, what the next power cut
/// takes back. The mark has the next opening read from the disk instead. It is not flushed: it is
/// needed for as long as the kernel's memory, and lost with it. Where it cannot be made the file
/// system takes no writes any more, and being mounted anew forgets its pages too.
enum FlushFailure {
    private static func path(_ directory: String) -> String { directory + "/flush-failed" }

    static func mark(_ directory: String) {
        let descriptor = unsafe open(path(directory), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { _ = close(descriptor) }
    }

    /// Takes the mark away; one that stays costs the next opening some reads.
    static func unmark(_ directory: String) {
        unsafe _ = unlink(path(directory))
    }

    /// Where the mark is: forgets what is in memory of the data file.
    static func dropCache(_ directory: String) throws(LMDBError) {
        guard unsafe access(path(directory), F_OK) == 0 else { return }
        try DataFile(opening: directory + "/data.mdb").dropCache()
    }
}
