/* Calls that make, open, name and remove files and directories. */
#include "record.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

typedef int (*open_call)(int, const char *, int, mode_t);

static int opening(int at, const char *path, int flags, mode_t mode) {
    /* One real call serves every variant: openat with O_LARGEFILE, which is 0 on 64-bit systems. */
    static open_call real;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "openat64");
    bool changes = (flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE;
    if (!changes || !recording()) return real(at, path, flags, mode);
    pthread_mutex_lock(&record_lock);
    const char *name;
    size_t length;
    struct known *parent = parent_of(at, path, &name, &length);
    struct stat before;
    bool existed = fstatat(at, path, &before, 0) == 0;
    int fd = real(at, path, flags, mode);
    int saved = errno;
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0) {
        if ((flags & O_TMPFILE) == O_TMPFILE) {
            if (of_path(at, path)) emit_unseen(NULL, "O_TMPFILE");
        } else if (!existed && parent) {
            emit_entry(TRACE_CREATE, learn(&st), st.st_mode, parent, name, length);
        } else if (existed && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY) {
            struct known *k = find(st.st_dev, st.st_ino);
            if (k) emit_data(TRACE_TRUNCATE, k, 0, NULL, 0, false);
        }
    }
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return fd;
}

#define WITH_MODE(flags) \
    mode_t mode = 0; \
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, int); \
        va_end(list); \
    }

EXPORT int open(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return opening(AT_FDCWD, path, flags, mode);
}
EXPORT int open64(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return opening(AT_FDCWD, path, flags, mode);
}
EXPORT int openat(int at, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return opening(at, path, flags, mode);
}
EXPORT int openat64(int at, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return opening(at, path, flags, mode);
}
EXPORT int __open_2(const char *path, int flags) { return opening(AT_FDCWD, path, flags, 0); }
EXPORT int __open64_2(const char *path, int flags) { return opening(AT_FDCWD, path, flags, 0); }
EXPORT int __openat_2(int at, const char *path, int flags) { return opening(at, path, flags, 0); }
EXPORT int __openat64_2(int at, const char *path, int flags) {
    return opening(at, path, flags, 0);
}
EXPORT int creat(const char *path, mode_t mode) {
    return opening(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
EXPORT int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* mkstemp and its kin open inside libc: what they made is looked at afterwards. */
static void made(const char *path, int kind) {
    const char *name;
    size_t length;
    struct known *parent = parent_of(AT_FDCWD, path, &name, &length);
    struct stat st;
    if (parent && fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        emit_entry(kind, learn(&st), st.st_mode, parent, name, length);
}

#define MAKES_FILE(function, parameters, arguments) \
    EXPORT int function parameters { \
        static int(*real) parameters; \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #function); \
        if (!recording()) return real arguments; \
        pthread_mutex_lock(&record_lock); \
        int fd = real arguments; \
        int saved = errno; \
        if (fd >= 0) made(path, TRACE_CREATE); \
        pthread_mutex_unlock(&record_lock); \
        errno = saved; \
        return fd; \
    }
MAKES_FILE(mkstemp, (char *path), (path))
MAKES_FILE(mkstemp64, (char *path), (path))
MAKES_FILE(mkostemp, (char *path, int flags), (path, flags))
MAKES_FILE(mkostemp64, (char *path, int flags), (path, flags))
MAKES_FILE(mkstemps, (char *path, int suffix), (path, suffix))
MAKES_FILE(mkstemps64, (char *path, int suffix), (path, suffix))
MAKES_FILE(mkostemps, (char *path, int suffix, int flags), (path, suffix, flags))
MAKES_FILE(mkostemps64, (char *path, int suffix, int flags), (path, suffix, flags))

EXPORT char *mkdtemp(char *path) {
    REAL(char *, "mkdtemp", char *);
    if (!recording()) return real(path);
    pthread_mutex_lock(&record_lock);
    char *result = real(path);
    if (result) made(path, TRACE_MKDIR);
    pthread_mutex_unlock(&record_lock);
    return result;
}

static void refuse_stdio(int at, const char *path, int fd, const char *mode, const char *call) {
    if (!recording() || (!strpbrk(mode, "wa+"))) return;
    pthread_mutex_lock(&record_lock);
    const char *name;
    size_t length;
    bool tracked = path ? parent_of(at, path, &name, &length) != NULL : of_descriptor(fd) != NULL;
    if (tracked) emit_unseen(NULL, call);
    pthread_mutex_unlock(&record_lock);
}

EXPORT FILE *fopen(const char *path, const char *mode) {
    REAL(FILE *, "fopen", const char *, const char *);
    refuse_stdio(AT_FDCWD, path, -1, mode, "fopen");
    return real(path, mode);
}
EXPORT FILE *fopen64(const char *path, const char *mode) {
    REAL(FILE *, "fopen64", const char *, const char *);
    refuse_stdio(AT_FDCWD, path, -1, mode, "fopen");
    return real(path, mode);
}
EXPORT FILE *fdopen(int fd, const char *mode) {
    REAL(FILE *, "fdopen", int, const char *);
    refuse_stdio(AT_FDCWD, NULL, fd, mode, "fdopen");
    return real(fd, mode);
}

EXPORT int renameat2(int at, const char *from, int other, const char *to, unsigned flags) {
    if (!recording()) return syscall(SYS_renameat2, at, from, other, to, flags);
    pthread_mutex_lock(&record_lock);
    const char *name, *other_name;
    size_t length, other_length;
    struct known *object = of_path(at, from), *replaced = of_path(other, to);
    struct known *parent = parent_of(at, from, &name, &length);
    struct known *other_parent = parent_of(other, to, &other_name, &other_length);
    int result = syscall(SYS_renameat2, at, from, other, to, flags);
    int saved = errno;
    if (result == 0 && !(object && object == replaced) && (parent || other_parent)) {
        struct stat st;
        if (flags & RENAME_EXCHANGE) {
            emit_unseen(object, "renameat2 with RENAME_EXCHANGE");
        } else if (object && parent && other_parent) {
            struct trace_record r = {.kind = TRACE_RENAME,
                                     .object = object->object,
                                     .parent = parent->object,
                                     .other_parent = other_parent->object};
            emit(r, (struct piece){name, length}, (struct piece){other_name, other_length}, none);
        } else if (object && parent) {
            int kind = object->is_directory ? TRACE_RMDIR : TRACE_UNLINK;
            emit_entry(kind, object, 0, parent, name, length);
        } else if (fstatat(other, to, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) {
            /* From outside: nobody knows what of it is durable, so nothing is. */
            struct known *k = learn(&st);
            emit_entry(TRACE_CREATE, k, st.st_mode, other_parent, other_name, other_length);
            int fd = syscall(SYS_openat, other, to, O_RDONLY | O_CLOEXEC);
            if (fd >= 0) emit_range(k, fd, 0, st.st_size, false);
            syscall(SYS_close, fd);
        } else {
            emit_unseen(NULL, "rename of a directory from outside");
        }
    }
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}
EXPORT int renameat(int at, const char *from, int other, const char *to) {
    return renameat2(at, from, other, to, 0);
}
EXPORT int rename(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int linkat(int at, const char *from, int other, const char *to, int flags) {
    if (!recording()) return syscall(SYS_linkat, at, from, other, to, flags);
    pthread_mutex_lock(&record_lock);
    int result = syscall(SYS_linkat, at, from, other, to, flags);
    int saved = errno;
    const char *name;
    size_t length;
    struct known *parent = result == 0 ? parent_of(other, to, &name, &length) : NULL;
    struct known *object = parent ? of_path(other, to) : NULL;
    if (object) emit_entry(TRACE_LINK, object, 0, parent, name, length);
    else if (parent) emit_unseen(NULL, "link of a file from outside");
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}
EXPORT int link(const char *from, const char *to) {
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int symlinkat(const char *target, int at, const char *path) {
    if (!recording()) return syscall(SYS_symlinkat, target, at, path);
    pthread_mutex_lock(&record_lock);
    int result = syscall(SYS_symlinkat, target, at, path);
    const char *name;
    size_t length;
    struct known *parent = result == 0 ? parent_of(at, path, &name, &length) : NULL;
    struct stat st;
    if (parent && fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        struct trace_record r = {.kind = TRACE_SYMLINK, .object = learn(&st)->object,
                                 .parent = parent->object};
        emit(r, (struct piece){name, length}, none, (struct piece){target, strlen(target)});
    }
    pthread_mutex_unlock(&record_lock);
    return result;
}
EXPORT int symlink(const char *target, const char *path) {
    return symlinkat(target, AT_FDCWD, path);
}

EXPORT int unlinkat(int at, const char *path, int flags) {
    if (!recording()) return syscall(SYS_unlinkat, at, path, flags);
    pthread_mutex_lock(&record_lock);
    const char *name;
    size_t length;
    struct known *object = of_path(at, path), *parent = parent_of(at, path, &name, &length);
    int result = syscall(SYS_unlinkat, at, path, flags);
    int saved = errno;
    if (result == 0 && object && parent)
        emit_entry(flags & AT_REMOVEDIR ? TRACE_RMDIR : TRACE_UNLINK, object, 0, parent, name,
                   length);
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}
EXPORT int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
EXPORT int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
EXPORT int remove(const char *path) {
    int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

EXPORT int mkdirat(int at, const char *path, mode_t mode) {
    if (!recording()) return syscall(SYS_mkdirat, at, path, mode);
    pthread_mutex_lock(&record_lock);
    int result = syscall(SYS_mkdirat, at, path, mode);
    int saved = errno;
    const char *name;
    size_t length;
    struct known *parent = result == 0 ? parent_of(at, path, &name, &length) : NULL;
    struct stat st;
    if (parent && fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        emit_entry(TRACE_MKDIR, learn(&st), st.st_mode, parent, name, length);
    pthread_mutex_unlock(&record_lock);
    errno = saved;
    return result;
}
EXPORT int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

static int moded(int result, struct known *k, mode_t mode) {
    if (result == 0 && k) emit_data(TRACE_MODE, k, mode & 07777, NULL, 0, false);
    pthread_mutex_unlock(&record_lock);
    return result;
}

EXPORT int fchmod(int fd, mode_t mode) {
    if (!recording()) return syscall(SYS_fchmod, fd, mode);
    pthread_mutex_lock(&record_lock);
    return moded(syscall(SYS_fchmod, fd, mode), of_descriptor(fd), mode);
}
EXPORT int fchmodat(int at, const char *path, mode_t mode, int flags) {
    if (flags != 0) return errno = ENOTSUP, -1;
    if (!recording()) return syscall(SYS_fchmodat, at, path, mode);
    pthread_mutex_lock(&record_lock);
    return moded(syscall(SYS_fchmodat, at, path, mode), of_path(at, path), mode);
}
EXPORT int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }
