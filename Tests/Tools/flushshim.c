/* Flush shim: every flush becomes a sleep of a fixed time to an absolute deadline, and is counted,
   so that programs can be compared on equal flushes whatever the disk does. Put the data on tmpfs.

     LD_PRELOAD=flushshim.so FLUSH_US=1000 FLUSH_LOG_PATH=/log/ PROGRAM

   fsync, fdatasync, syncfs, msync(MS_SYNC) and writes through O_DSYNC, O_SYNC, RWF_DSYNC count.
   FLUSH_LOG_PATH is a piece of the paths of the log's files: flushes of those are counted apart.
   FLUSH_US=real (or jangbu_flush_set_us(-1)) keeps the disk's own flush and only counts.
   FLUSH_REPORT=1 prints the counts at the end. Programs that call the kernel past libc (io_uring)
   are not slowed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CLASSES_MAX 65536 /* descriptors beyond this are looked up each time */

enum kind { KIND_LOG = 0, KIND_OTHER = 1, KIND_BYTES = 2, KIND_WRITES = 3, KIND_COUNT = 4 };

static atomic_ulong counts[KIND_COUNT];
static atomic_long microseconds;
static const char *log_path;

__attribute__((constructor)) static void begin(void) {
    const char *us = getenv("FLUSH_US");
    log_path = getenv("FLUSH_LOG_PATH");
    atomic_store(&microseconds, !us ? 0 : strcmp(us, "real") ? atol(us) : -1);
}

__attribute__((destructor)) static void report(void) {
    if (!getenv("FLUSH_REPORT")) return;
    dprintf(2, "[flushes of the log %lu, of others %lu; writes %lu, bytes %lu]\n",
            counts[KIND_LOG], counts[KIND_OTHER], counts[KIND_WRITES], counts[KIND_BYTES]);
}

/* Flushes so far: 0 of the log's files, 1 of others; 2 bytes written to files, 3 writes. */
EXPORT uint64_t jangbu_flush_count(int kind) {
    return kind >= 0 && kind < KIND_COUNT ? atomic_load(&counts[kind]) : 0;
}
/* How long a flush takes from now on; negative: the disk's own flush. */
EXPORT void jangbu_flush_set_us(long us) { atomic_store(&microseconds, us); }
EXPORT long jangbu_flush_us(void) { return atomic_load(&microseconds); }

static bool is_log(int fd) {
    if (!log_path || fd < 0) return false;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return false;
    path[n] = 0;
    return strstr(path, log_path) != NULL;
}

/* The time runs from the call on, so that counting and a late wake-up do not add up. */
static bool took_its_time(int fd) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    atomic_fetch_add(&counts[is_log(fd) ? KIND_LOG : KIND_OTHER], 1);
    long us = atomic_load(&microseconds);
    if (us < 0) return false;
    until.tv_nsec += us % 1000000 * 1000;
    until.tv_sec += us / 1000000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (us > 0)
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {}
    return true;
}

EXPORT int fsync(int fd) { return took_its_time(fd) ? 0 : syscall(SYS_fsync, fd); }
EXPORT int fdatasync(int fd) { return took_its_time(fd) ? 0 : syscall(SYS_fdatasync, fd); }
EXPORT int syncfs(int fd) { return took_its_time(fd) ? 0 : syscall(SYS_syncfs, fd); }
EXPORT int msync(void *address, size_t length, int flags) {
    if (!(flags & MS_SYNC)) return syscall(SYS_msync, address, length, flags);
    return took_its_time(-1) ? 0 : syscall(SYS_msync, address, length, flags);
}

/* A write through O_DSYNC is a flush; on tmpfs the kernel does not wait for it, so we do. */
static ssize_t wrote(int fd, ssize_t n, int flags) {
    if (n <= 0) return n;
    int saved = errno;
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        atomic_fetch_add(&counts[KIND_WRITES], 1);
        atomic_fetch_add(&counts[KIND_BYTES], n);
        int status = syscall(SYS_fcntl, fd, F_GETFL);
        if ((flags & RWF_DSYNC) || (status > 0 && (status & O_DSYNC))) took_its_time(fd);
    }
    errno = saved;
    return n;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length) {
    return wrote(fd, syscall(SYS_write, fd, bytes, length), 0);
}
EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return wrote(fd, syscall(SYS_pwrite64, fd, bytes, length, offset), 0);
}
EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return pwrite(fd, bytes, length, offset);
}
EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    return wrote(fd, syscall(SYS_writev, fd, parts, count), 0);
}
EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    return wrote(fd, syscall(SYS_pwritev, fd, parts, count, offset, 0L), 0);
}
EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}
EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
    return wrote(fd, syscall(SYS_pwritev2, fd, parts, count, offset, 0L, flags), flags);
}
EXPORT ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset,
                            int flags) {
    return pwritev2(fd, parts, count, offset, flags);
}
