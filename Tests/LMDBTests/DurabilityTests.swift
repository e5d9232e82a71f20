import LMDB
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Fault model: the file-size limit stands for a full disk, and a descriptor that cannot be
/// flushed, put in place of LMDB's own, for a device that fails.
@Suite struct DurabilityTests {
    @Test(arguments: [false, true])
    func `no room undoes the write, the environment goes on when there is room`(
        isLagged: Bool
    ) async throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        await #expect(processExitsWith: .success) {
            [path = scratch.environment as String, isLagged = isLagged as Bool] in
            let environment = try Environment(
                opening: path,
                options: .init(flush: isLagged ? .lagged : .full)
            )
            let table = try environment.table("a", key: UInt64.self)
            try environment.write { try $0.put([1].span, for: 1, in: table) }
            signal(SIGXFSZ, SIG_IGN)
            try limitFiles(to: environment.fileBytes)
            let value = [UInt8](repeating: 2, count: 100_000)
            do {
                try environment.write { try $0.put(value.span, for: 2, in: table) }
                exit(10)
            } catch let error as LMDBError {
                guard error.isSpaceExhausted, error.code == .fileTooLarge else { exit(11) }
            }
            try environment.sync()
            guard try environment.read({ try $0.count(of: table) }) == 1 else { exit(12) }
            try limitFiles(to: UInt64.max)
            try environment.write { try $0.put(value.span, for: 2, in: table) }
            try environment.sync()
            guard try environment.read({ try $0.count(of: table) }) == 2 else { exit(13) }
        }
        guard case .sound(let summary) = try PageCheck.check(scratch.environment) else {
            Issue.record("the file is damaged")
            return
        }
        #expect(summary.tables.first?.entries == 2)
    }

    @Test(arguments: [false, true])
    func `after a failed flush every further write and sync is refused`(
        isInSync: Bool
    ) async throws {
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: ["a"])
        await #expect(processExitsWith: .success) {
            [path = scratch.environment as String, isInSync = isInSync as Bool] in
            let environment = try Environment(opening: path, options: .init(flush: .lagged))
            let table = try environment.table("a", key: UInt64.self)
            try environment.write { try $0.put([1].span, for: 1, in: table) }
            try replaceDescriptor(of: path + "/data.mdb", by: "/dev/null")
            do {
                if isInSync {
                    try environment.sync()
                } else {
                    try environment.write { try $0.put([2].span, for: 2, in: table) }
                }
                exit(10)
            } catch let error as LMDBError {
                guard error.code.rawValue == EINVAL, !error.isSpaceExhausted else { exit(11) }
            }
            do {
                try environment.write { try $0.put([3].span, for: 3, in: table) }
                exit(12)
            } catch let error as LMDBError {
                guard error.code == .poisoned else { exit(13) }
            }
            do {
                try environment.sync()
                exit(14)
            } catch let error as LMDBError {
                guard error.code == .poisoned else { exit(15) }
            }
            guard try environment.read({ try $0.count(of: table) }) == 1 else { exit(16) }
        }
    }
}

private func limitFiles(to bytes: UInt64) throws {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
        throw Disagreement()
    }
    limit.rlim_cur = min(rlim_t(bytes), limit.rlim_max)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
        throw Disagreement()
    }
}

/// Makes every descriptor of this process that leads to `path` lead to `other`.
private func replaceDescriptor(of path: String, by other: String) throws {
    var wanted = stat()
    guard unsafe stat(path, &wanted) == 0 else { throw Disagreement() }
    let replacement = unsafe open(other, O_RDWR)
    var count = 0
    for descriptor in 3..<256 as Range<Int32> where descriptor != replacement {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_ino == wanted.st_ino,
            facts.st_dev == wanted.st_dev
        else { continue }
        guard dup2(replacement, descriptor) == descriptor else { throw Disagreement() }
        count += 1
    }
    guard count > 0 else { throw Disagreement() }
}
