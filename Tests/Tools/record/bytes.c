/* Calls that change what is in a file, and calls that make it durable. */
#include "record.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <time.h>

static bool writes_through(int fd, int extra) {
    int flags = syscall(SYS_fcntl, fd, F_GETFL);
    return (flags >= 0 && (flags & O_DSYNC)) || extra;
}

static void flush_delay(void) {
    if (flush_microseconds <= 0) return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += flush_microseconds * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {}
}

static void emit_parts(struct known *k, const struct iovec *parts, int count, ssize_t written,
                       uint64_t offset, bool durable) {
    for (int i = 0; i < count && written > 0; i++) {
        size_t n = parts[i].iov_len < (size_t)written ? parts[i].iov_len : (size_t)written;
        if (n > 0) emit_data(TRACE_WRITE, k, offset, parts[i].iov_base, n, durable);
        offset += n;
        written -= n;
    }
}

/* Every writing call ends here as one pwritev2; offset -1 is the descriptor's own position. */
static ssize_t writing(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
    struct known *k = NULL;
    if (recording()) {
        pthread_mutex_lock(&record_lock);
        k = of_descriptor(fd);
        if (!k) pthread_mutex_unlock(&record_lock);
    }
    bool positioned = offset != -1;
    ssize_t n;
    if (flags == 0 && !positioned)
        n = count == 1 ? syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len)
                       : syscall(SYS_writev, fd, parts, count);
    else if (flags == 0 && count == 1)
        n = syscall(SYS_pwrite64, fd, parts[0].iov_base, parts[0].iov_len, offset);
    else n = syscall(SYS_pwritev2, fd, parts, count, offset, 0L, flags);
    if (!k) return n;
    int saved = errno;
    bool durable = writes_through(fd, flags & RWF_DSYNC);
    if (n > 0) {
        struct stat st;
        int status = syscall(SYS_fcntl, fd, F_GETFL);
        uint64_t begin = offset;
        /* Linux appends with O_APPEND even when an offset is given. */
        if (!positioned) begin = syscall(SYS_lseek, fd, 0, SEEK_CUR) - n;
        else if ((status & O_APPEND) && fstat(fd, &st) == 0) begin = st.st_size - n;
        emit_parts(k, parts, count, n, begin, durable);
    }
    pthread_mutex_unlock(&record_lock);
    if (durable) flush_delay();
    errno = saved;
    return n;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length) {
    return writing(fd, &(struct iovec){(void *)bytes, length}, 1, -1, 0);
}
EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    if (offset < 0) return errno = EINVAL, -1;
    return writing(fd, &(struct iovec){(void *)bytes, length}, 1, offset, 0);
}
EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return pwrite(fd, bytes, length, offset);
}
EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    return writing(fd, parts, count, -1, 0);
}
EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    if (offset < 0) return errno = EINVAL, -1;
    return writing(fd, parts, count, offset, 0);
}
EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}
EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
    return writing(fd, parts, count, offset, flags);
}
EXPORT ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset,
                            int flags) {
    return writing(fd, parts, count, offset, flags);
}

/* Copies inside the kernel: the bytes are read back from the target. */
static ssize_t copied(int target, off64_t *offset, ssize_t n) {
    int saved = errno;
    struct known *k = n > 0 ? of_descriptor(target) : NULL;
    if (k) {
        uint64_t end = offset ? *offset : syscall(SYS_lseek, target, 0, SEEK_CUR);
        emit_range(k, target, end - n, n, writes_through(target, 0));
    }
    errno = saved;
    return n;
}

EXPORT ssize_t copy_file_range(int source, off64_t *from, int target, off64_t *to, size_t length,
                               unsigned flags) {
    if (!recording()) return syscall(SYS_copy_file_range, source, from, target, to, length, flags);
    pthread_mutex_lock(&record_lock);
    ssize_t n = syscall(SYS_copy_file_range, source, from, target, to, length, flags);
    n = copied(target, to, n);
    pthread_mutex_unlock(&record_lock);
    return n;
}
EXPORT ssize_t sendfile(int target, int source, off_t *from, size_t length) {
    if (!recording()) return syscall(SYS_sendfile, target, source, from, length);
    /* A socket may block: the lock is for files alone. */
    if (!of_descriptor(target)) return syscall(SYS_sendfile, target, source, from, length);
    pthread_mutex_lock(&record_lock);
    ssize_t n = copied(target, NULL, syscall(SYS_sendfile, target, source, from, length));
    pthread_mutex_unlock(&record_lock);
    return n;
}
EXPORT ssize_t sendfile64(int target, int source, off64_t *from, size_t length) {
    return sendfile(target, source, from, length);
}

EXPORT int ftruncate(int fd, off_t length) {
    if (!recording()) return syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&record_lock);
    int result = syscall(SYS_ftruncate, fd, length);
    struct known *k = result == 0 ? of_descriptor(fd) : NULL;
    if (k) emit_data(TRACE_TRUNCATE, k, length, NULL, 0, false);
    pthread_mutex_unlock(&record_lock);
    return result;
}
EXPORT int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

EXPORT int truncate(const char *path, off_t length) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = ftruncate(fd, length), saved = errno;
    syscall(SYS_close, fd);
    errno = saved;
    return result;
}
EXPORT int truncate64(const char *path, off64_t length) { return truncate(path, length); }

EXPORT int fallocate(int fd, int mode, off_t offset, off_t length) {
    if (!recording()) return syscall(SYS_fallocate, fd, mode, offset, length);
    pthread_mutex_lock(&record_lock);
    int result = syscall(SYS_fallocate, fd, mode, offset, length);
    int saved = errno;
    struct known *k = result == 0 ? of_descriptor(fd) : NULL;
    if (k && mode == 0) emit_data(TRACE_EXTEND, k, offset + length, NULL, 0, false);
    else if (k && mode != FALLOC_FL_KEEP_SIZE) emit_unseen(k, "fallocate with a mode");
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}
EXPORT int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    return fallocate(fd, mode, offset, length);
}
EXPORT int posix_fallocate(int fd, off_t offset, off_t length) {
    return fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
}
EXPORT int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    return posix_fallocate(fd, offset, length);
}

/* `call` is the system call; object 0 stands for everything (sync, syncfs). */
static int flushing(int fd, long call, bool everything) {
    if (!recording()) return syscall(call, fd);
    pthread_mutex_lock(&record_lock);
    struct known *k = everything ? NULL : of_descriptor(fd);
    if (!k && !everything) {
        pthread_mutex_unlock(&record_lock);
        return syscall(call, fd);
    }
    uint64_t object = k ? k->object : 0;
    struct trace_record r = {.kind = TRACE_FLUSH_BEGIN, .object = object};
    r.offset = emit(r, none, none, none);
    pthread_mutex_unlock(&record_lock);
    int result = 0;
    if (flush_microseconds < 0) result = syscall(call, fd);
    else flush_delay();
    int saved = errno;
    pthread_mutex_lock(&record_lock);
    r.kind = TRACE_FLUSH_END;
    if (result == 0) emit(r, none, none, none);
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}

EXPORT int fsync(int fd) { return flushing(fd, SYS_fsync, false); }
EXPORT int fdatasync(int fd) { return flushing(fd, SYS_fdatasync, false); }
EXPORT int syncfs(int fd) { return flushing(fd, SYS_syncfs, true); }
EXPORT void sync(void) { flushing(0, SYS_sync, true); }
/* sync_file_range flushes neither metadata nor the disk's cache: nothing is durable by it, so it
   is left alone. */

EXPORT void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    void *result = (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
    bool shared = (flags & MAP_TYPE) != MAP_PRIVATE && (protection & PROT_WRITE);
    if (fd < 0 || !shared || result == MAP_FAILED || !recording()) return result;
    pthread_mutex_lock(&record_lock);
    struct known *k = of_descriptor(fd);
    if (k) emit((struct trace_record){.kind = TRACE_MAPPED, .object = k->object}, none, none, none);
    pthread_mutex_unlock(&record_lock);
    return result;
}
EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int fd,
                    off64_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}
