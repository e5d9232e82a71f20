/* What is tracked, the trace itself, and how recording begins. */
#include "record.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/uio.h>

#define BUCKETS 4096
static struct known *known[BUCKETS];
static uint64_t object_last;
static uint64_t record_count;
static int trace = -1;
static pid_t recording_pid;
long flush_microseconds; /* -1: the real flush */
pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what, const char *about) {
    dprintf(2, "recorder: %s %s: %s\n", what, about, strerror(errno));
    _exit(70);
}

bool recording(void) { return trace >= 0 && getpid() == recording_pid; }

static struct known **bucket(dev_t device, ino_t inode) {
    return &known[(device * 31 + inode) % BUCKETS];
}

struct known *find(dev_t device, ino_t inode) {
    for (struct known *k = *bucket(device, inode); k; k = k->next)
        if (k->device == device && k->inode == inode) return k;
    return NULL;
}

/* A new object takes over an inode number that an earlier one had. */
struct known *learn(const struct stat *st) {
    struct known *k = find(st->st_dev, st->st_ino);
    if (!k) {
        k = calloc(1, sizeof *k);
        if (!k) die("no memory for", "a file");
        k->device = st->st_dev;
        k->inode = st->st_ino;
        struct known **head = bucket(st->st_dev, st->st_ino);
        k->next = *head;
        *head = k;
    }
    k->object = ++object_last;
    k->is_directory = S_ISDIR(st->st_mode);
    return k;
}

struct known *of_descriptor(int fd) {
    struct stat st;
    if (fstat(fd, &st) != 0) return NULL;
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) return NULL;
    return find(st.st_dev, st.st_ino);
}

struct known *of_path(int at, const char *path) {
    struct stat st;
    if (fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) != 0) return NULL;
    return find(st.st_dev, st.st_ino);
}

/* The tracked directory that `path` ends in, or NULL; `name` points into `path`. */
struct known *parent_of(int at, const char *path, const char **name, size_t *length) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    *name = path + begin;
    *length = end - begin;
    char folder[PATH_MAX];
    if (begin >= sizeof folder || *length == 0) return NULL;
    memcpy(folder, begin ? path : ".", begin ? begin : 1);
    folder[begin ? begin : 1] = 0;
    struct stat st;
    if (fstatat(at, folder, &st, 0) != 0) return NULL;
    return find(st.st_dev, st.st_ino);
}

uint64_t emit(struct trace_record r, struct piece name, struct piece other, struct piece data) {
    static const char zeros[8];
    r.magic = TRACE_MAGIC;
    r.name_length = name.length;
    r.other_name_length = other.length;
    r.data_length = data.length;
    size_t total = sizeof r + name.length + other.length + data.length;
    struct iovec parts[5] = {
        {&r, sizeof r},
        {(void *)name.bytes, name.length},
        {(void *)other.bytes, other.length},
        {(void *)data.bytes, data.length},
        {(void *)zeros, (8 - total % 8) % 8},
    };
    size_t left = total + parts[4].iov_len;
    int first = 0;
    while (left > 0) {
        ssize_t n = syscall(SYS_writev, trace, &parts[first], 5 - first);
        if (n < 0) die("cannot write", "the trace");
        left -= n;
        for (; first < 5 && (size_t)n >= parts[first].iov_len; first++) n -= parts[first].iov_len;
        if (first < 5) {
            parts[first].iov_base = (char *)parts[first].iov_base + n;
            parts[first].iov_len -= n;
        }
    }
    return record_count++;
}

void emit_entry(int kind, struct known *object, mode_t mode, struct known *parent,
                const char *name, size_t length) {
    struct trace_record r = {.kind = kind,
                             .object = object->object,
                             .parent = parent->object,
                             .offset = mode & 07777};
    emit(r, (struct piece){name, length}, none, none);
}

void emit_data(int kind, struct known *object, uint64_t offset, const void *bytes, size_t length,
                      bool durable) {
    struct trace_record r = {.kind = kind, .object = object->object, .offset = offset};
    if (durable) r.flags = TRACE_FLAG_DSYNC;
    emit(r, none, none, (struct piece){bytes, length});
}

void emit_unseen(struct known *object, const char *call) {
    struct trace_record r = {.kind = TRACE_UNSEEN, .object = object ? object->object : 0};
    emit(r, (struct piece){call, strlen(call)}, none, none);
}

/* Reads back what a call put into a file, for calls that do not hand us the bytes. */
void emit_range(struct known *object, int fd, uint64_t offset, uint64_t length, bool durable) {
    char *bytes = malloc(length ? length : 1), path[64];
    uint64_t done = 0;
    /* The descriptor itself may be for writing alone. */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int readable = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    while (bytes && done < length) {
        ssize_t n = syscall(SYS_pread64, readable, bytes + done, length - done, offset + done);
        if (n <= 0) break;
        done += n;
    }
    syscall(SYS_close, readable);
    if (bytes && done == length) emit_data(TRACE_WRITE, object, offset, bytes, length, durable);
    else emit_unseen(object, "a range that cannot be read back");
    free(bytes);
}

static void emit_base_file(struct known *object, struct known *parent, int at, const char *name) {
    int fd = syscall(SYS_openat, at, name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) die("cannot read", name);
    char *bytes = malloc(st.st_size ? st.st_size : 1);
    off_t done = 0;
    while (bytes && done < st.st_size) {
        ssize_t n = syscall(SYS_pread64, fd, bytes + done, st.st_size - done, done);
        if (n <= 0) die("cannot read", name);
        done += n;
    }
    syscall(SYS_close, fd);
    struct trace_record r = {.kind = TRACE_BASE_FILE,
                             .object = object->object,
                             .parent = parent->object,
                             .offset = st.st_mode & 07777};
    emit(r, (struct piece){name, strlen(name)}, none, (struct piece){bytes, st.st_size});
    free(bytes);
}

static void walk(int folder, struct known *parent) {
    DIR *entries = fdopendir(folder);
    if (!entries) die("cannot list", "the directory");
    for (struct dirent *e; (e = readdir(entries));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        struct stat st;
        if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            die("cannot stat", e->d_name);
        if (S_ISDIR(st.st_mode)) {
            struct known *k = learn(&st);
            emit_entry(TRACE_BASE_DIRECTORY, k, st.st_mode, parent, e->d_name, strlen(e->d_name));
            walk(openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), k);
        } else if (S_ISREG(st.st_mode)) {
            struct known *k = find(st.st_dev, st.st_ino);
            if (k) emit_entry(TRACE_BASE_LINK, k, st.st_mode, parent, e->d_name, strlen(e->d_name));
            else emit_base_file(learn(&st), parent, folder, e->d_name);
        }
    }
    closedir(entries);
}

__attribute__((constructor)) static void begin(void) {
    const char *directory = getenv("JANGBU_RECORD_DIR"), *file = getenv("JANGBU_RECORD_TRACE");
    const char *flush = getenv("JANGBU_RECORD_FLUSH");
    if (!directory || !file) return;
    if (flush && !strcmp(flush, "real")) flush_microseconds = -1;
    else if (flush && strcmp(flush, "none")) flush_microseconds = atol(flush);
    int root = syscall(SYS_openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) die("cannot open", directory);
    int how = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
    trace = syscall(SYS_openat, AT_FDCWD, file, how, 0644);
    if (trace < 0) die("cannot create", file);
    /* Out of the way of programs that expect low numbers or close what they did not open. */
    int high = fcntl(trace, F_DUPFD_CLOEXEC, 700);
    if (high >= 0) {
        syscall(SYS_close, trace);
        trace = high;
    }
    recording_pid = getpid();
    struct stat st;
    if (fstat(root, &st) != 0) die("cannot stat", directory);
    struct known *k = learn(&st); /* object 1 is the root */
    emit_entry(TRACE_BASE_DIRECTORY, k, st.st_mode, &(struct known){0}, "", 0);
    walk(root, k);
}

EXPORT void jangbu_mark_bytes(const void *bytes, size_t length) {
    if (!recording()) return;
    pthread_mutex_lock(&record_lock);
    emit((struct trace_record){.kind = TRACE_MARK}, none, none, (struct piece){bytes, length});
    pthread_mutex_unlock(&record_lock);
}

EXPORT void jangbu_mark(const char *text) { jangbu_mark_bytes(text, strlen(text)); }
