/* Fault shim: flushes that fail or do nothing, and a clock that is wrong.

     LD_PRELOAD=faults.so PROGRAM

   JANGBU_FAULT_FLUSH=ignore   fsync, fdatasync and msync do nothing and say that all is well; put
                               the shim before the recorder, which then sees no flush either
   JANGBU_FAULT_FLUSH=fail:N   the Nth flush of a regular file and all after it fail with EIO
   JANGBU_FAULT_KILL=flush:N   the program is killed (SIGKILL) at the Nth flush of a regular file,
                               before anything of it is done
   JANGBU_FAULT_KILL=send:N    the same at the Nth write to a socket
   JANGBU_FAULT_READ=OFFSET    reading that byte of a file data.mdb fails with EIO
   JANGBU_FAULT_CLOCK=SECONDS  is added to the wall clock; the monotonic clocks stay right */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static bool ignores;
static long fails_from; /* 0: never */
static long clock_seconds;
static long unreadable = -1;
static long dies_at_flush, dies_at_send; /* 0: never */
static atomic_long flushes, flushes_met, sends_met;

__attribute__((constructor)) static void begin(void) {
    const char *flush = getenv("JANGBU_FAULT_FLUSH"), *clock = getenv("JANGBU_FAULT_CLOCK");
    ignores = flush && !strcmp(flush, "ignore");
    if (flush && !strncmp(flush, "fail:", 5)) fails_from = atol(flush + 5);
    if (getenv("JANGBU_FAULT_READ")) unreadable = atol(getenv("JANGBU_FAULT_READ"));
    clock_seconds = clock ? atol(clock) : 0;
    const char *kill = getenv("JANGBU_FAULT_KILL");
    if (kill && !strncmp(kill, "flush:", 6)) dies_at_flush = atol(kill + 6);
    if (kill && !strncmp(kill, "send:", 5)) dies_at_send = atol(kill + 5);
}

static void die_at(long number, atomic_long *met, int fd, mode_t type) {
    struct stat st;
    if (!number || fstat(fd, &st) != 0 || (st.st_mode & S_IFMT) != type) return;
    if (atomic_fetch_add(met, 1) + 1 == number) kill(getpid(), SIGKILL);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "write");
    die_at(dies_at_send, &sends_met, fd, S_IFSOCK);
    return real(fd, bytes, count);
}
EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "writev");
    die_at(dies_at_send, &sends_met, fd, S_IFSOCK);
    return real(fd, parts, count);
}

/* 1: do it; 0: say it was done; -1: say it failed. */
static int verdict(int fd) {
    struct stat st;
    die_at(dies_at_flush, &flushes_met, fd, S_IFREG);
    if (ignores) return 0;
    if (!fails_from || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return 1;
    if (atomic_fetch_add(&flushes, 1) + 1 < fails_from) return 1;
    errno = EIO;
    return -1;
}

#define FLUSH(name) \
    EXPORT int name(int fd) { \
        static int (*real)(int); \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name); \
        int decided = verdict(fd); \
        return decided == 1 ? real(fd) : decided; \
    }
FLUSH(fsync)
FLUSH(fdatasync)

static bool is_bad(int fd, size_t count, off_t offset) {
    if (unreadable < offset || unreadable >= offset + (off_t)count) return false;
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 9 && !memcmp(path + length - 9, "/data.mdb", 9);
}

#define PREAD(name) \
    EXPORT ssize_t name(int fd, void *bytes, size_t count, off_t offset) { \
        static ssize_t (*real)(int, void *, size_t, off_t); \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name); \
        if (!is_bad(fd, count, offset)) return real(fd, bytes, count, offset); \
        errno = EIO; \
        return -1; \
    }
PREAD(pread)
PREAD(pread64)

EXPORT int msync(void *address, size_t length, int flags) {
    static int (*real)(void *, size_t, int);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "msync");
    return ignores ? 0 : real(address, length, flags);
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = syscall(SYS_clock_gettime, clock, time);
    bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
    if (result == 0 && is_wall) time->tv_sec += clock_seconds;
    return result;
}
EXPORT int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = syscall(SYS_gettimeofday, now, zone);
    if (result == 0) now->tv_sec += clock_seconds;
    return result;
}
EXPORT time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
