/* Shows that recorder and image builder find what they must find and nothing else: programs that
   are right lose nothing in any image; each that is wrong on purpose is caught.
   selftest RECORDER VICTIM IMAGES; scratch space in JANGBU_SCRATCH, /dev/shm or /tmp. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "CPowerFail.h"

enum verdict { FINE, LOST, UNREADABLE, WRONG, VERDICTS };

struct promise {
    unsigned long long log, settings, slots, cut;
};

struct expectation {
    const char *kind;
    unsigned options;
    uint64_t points; /* 0: all; else only the first so many */
    int must_fail;
    enum verdict (*look)(const char *image, const struct promise *promise);
};

/* --- looking at an image, in a process of its own --------------------------------------------- */

static enum verdict look_at_log(const char *image, const struct promise *promise) {
    char path[512];
    snprintf(path, sizeof path, "%s/log", image);
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi table;
    MDB_cursor *cursor;
    MDB_val key, value;
    int made_something = access(path, F_OK) == 0;
    if (!made_something) return promise->log > 0 ? LOST : FINE;
    if (mdb_env_create(&env) || mdb_env_set_maxdbs(env, 2)) return UNREADABLE;
    if (mdb_env_open(env, path, MDB_RDONLY | MDB_NOLOCK, 0)) return UNREADABLE;
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn)) return UNREADABLE;
    int code = mdb_dbi_open(txn, "log", MDB_INTEGERKEY, &table);
    if (code == MDB_NOTFOUND) return promise->log > 0 ? LOST : FINE;
    if (code || mdb_cursor_open(txn, table, &cursor)) return UNREADABLE;
    unsigned long long count = 0;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        uint64_t number, words[16];
        if (key.mv_size != 8 || value.mv_size != sizeof words) return WRONG;
        memcpy(&number, key.mv_data, 8);
        memcpy(words, value.mv_data, sizeof words);
        if (number != ++count) return WRONG;
        for (int w = 0; w < 16; w++)
            if (words[w] != number * 1000003 + w) return WRONG;
    }
    if (code != MDB_NOTFOUND) return UNREADABLE;
    return count < promise->log ? LOST : FINE;
}

static enum verdict look_at_settings(const char *image, const struct promise *promise) {
    char path[512], text[4097];
    snprintf(path, sizeof path, "%s/settings", image);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return promise->settings > 0 ? LOST : FINE;
    ssize_t n = read(fd, text, sizeof text);
    if (n != 4096) return WRONG;
    for (int i = 0; i < n; i++)
        if (text[i] != text[0]) return WRONG;
    char promised = 'a' + promise->settings % 26, next = 'a' + (promise->settings + 1) % 26;
    return text[0] == next || (promise->settings && text[0] == promised) ? FINE : LOST;
}

static enum verdict look_at_slots(const char *image, const struct promise *promise) {
    char path[512];
    uint64_t slots[16][64] = {{0}};
    snprintf(path, sizeof path, "%s/slots", image);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return promise->slots > 0 ? LOST : FINE;
    ssize_t n = read(fd, slots, sizeof slots);
    if (promise->cut) return n == 0 ? FINE : LOST;
    /* All are written and the file may be cut at any moment. */
    if (promise->slots == 200 && n == 0) return FINE;
    unsigned long long newest = 0;
    for (int s = 0; s < 16; s++) {
        for (int i = 1; i < 64; i++)
            if (slots[s][i] != slots[s][0]) return WRONG;
        if (slots[s][0] > newest) newest = slots[s][0];
    }
    return newest < promise->slots ? LOST : FINE;
}

/* --- running ---------------------------------------------------------------------------------- */

static char scratch[256], trace_path[300], data_path[300], image_path[300];

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void stop(const char *what, const char *why) {
    fprintf(stderr, "selftest: %s: %s\n", what, why);
    exit(1);
}

static void remove_tree(const char *path) {
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command) != 0) stop(command, "failed");
}

static void run_victim(const char *recorder, const char *victim, const char *kind) {
    remove_tree(data_path);
    remove_tree(image_path);
    if (mkdir(data_path, 0755) != 0) stop(data_path, strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        setenv("LD_PRELOAD", recorder, 1);
        setenv("JANGBU_RECORD_DIR", data_path, 1);
        setenv("JANGBU_RECORD_TRACE", trace_path, 1);
        execl(victim, victim, kind, data_path, NULL);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) stop(kind, "the victim failed");
}

static struct promise promise_at(const powerfail *pf, uint64_t point) {
    struct promise p = {0};
    /* Promises of each sort only grow: the last of each sort is the one that holds. */
    for (uint64_t i = powerfail_mark_count(pf, point), seen = 0; i-- > 0 && seen < 64; seen++) {
        size_t length;
        char text[64] = {0}, *number;
        const char *bytes = powerfail_mark(pf, i, &length);
        memcpy(text, bytes, length < sizeof text - 1 ? length : sizeof text - 1);
        if (!(number = strchr(text, ' '))) continue;
        unsigned long long n = strtoull(number, NULL, 10);
        if (!strncmp(text, "log", 3) && n > p.log) p.log = n;
        if (!strncmp(text, "settings", 8) && n > p.settings) p.settings = n;
        if (!strncmp(text, "slots", 5) && n > p.slots) p.slots = n;
        if (!strncmp(text, "cut", 3)) p.cut = n;
    }
    return p;
}

static int run(const struct expectation *e, const char *recorder, const char *victim, int images) {
    char error[512];
    run_victim(recorder, victim, e->kind);
    powerfail *pf = powerfail_open(trace_path, e->options, error, sizeof error);
    if (!pf) stop(e->kind, error);
    if (powerfail_compare(pf, data_path) != 0) stop(e->kind, powerfail_error(pf));
    if (powerfail_unseen(pf, 0)) stop("went past the recorder", powerfail_unseen(pf, 0));
    uint64_t points = powerfail_operation_count(pf) + 1;
    if (e->points && e->points < points) points = e->points;
    int quiet = open("/dev/null", O_WRONLY);
    unsigned counts[VERDICTS] = {0}, crashed = 0;
    double begin = seconds(), building = 0;
    for (int i = 0; i < images; i++) {
        /* Points go up, so that the builder only moves forward. */
        uint64_t point = (uint64_t)i * points / images;
        double from = seconds();
        if (powerfail_build(pf, image_path, i, point, i % POWERFAIL_MODE_COUNT) != 0)
            stop(e->kind, powerfail_error(pf));
        building += seconds() - from;
        struct promise promise = promise_at(pf, point);
        pid_t child = fork();
        if (child == 0) {
            /* LMDB says on stderr why it stops at a page that makes no sense; we count that. */
            dup2(quiet, 2);
            _exit(e->look(image_path, &promise));
        }
        int status;
        waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) < VERDICTS) counts[WEXITSTATUS(status)]++;
        else crashed++;
    }
    unsigned bad = images - counts[FINE];
    int as_expected = (bad > 0) == e->must_fail;
    struct powerfail_totals t = powerfail_totals(pf);
    printf("%-6s %-20s %-8s %6d images, %5.0f/s (build %5.0f/s): lost %u, unreadable %u, wrong %u, "
           "crash %u; trace: %llu operations, %llu flushes, %llu KiB\n",
           as_expected ? "ok" : "FAILED", e->kind, e->options ? "ordered" : "posix", images,
           images / (seconds() - begin), images / building, counts[LOST], counts[UNREADABLE],
           counts[WRONG], crashed, (unsigned long long)t.operations, (unsigned long long)t.flushes,
           (unsigned long long)t.bytes_written / 1024);
    close(quiet);
    powerfail_close(pf);
    return as_expected ? 0 : 1;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "selftest RECORDER VICTIM IMAGES\n");
        return 64;
    }
    const char *base = getenv("JANGBU_SCRATCH");
    if (!base) base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(scratch, sizeof scratch, "%s/jangbu-selftest-XXXXXX", base);
    if (!mkdtemp(scratch)) stop(scratch, strerror(errno));
    snprintf(trace_path, sizeof trace_path, "%s/trace", scratch);
    snprintf(data_path, sizeof data_path, "%s/data", scratch);
    snprintf(image_path, sizeof image_path, "%s/image", scratch);
    static const struct expectation expectations[] = {
        {"sync", 0, 0, 0, look_at_log},
        {"sync", POWERFAIL_ORDERED, 0, 0, look_at_log},
        {"lagged", 0, 0, 0, look_at_log},
        {"nometasync", 0, 0, 1, look_at_log},
        {"nosync", 0, 0, 1, look_at_log},
        {"no-directory-flush", 0, 0, 1, look_at_log},
        {"created-in-place", POWERFAIL_ORDERED, 24, 1, look_at_log},
        {"settings", 0, 0, 0, look_at_settings},
        {"settings-unflushed", 0, 0, 1, look_at_settings},
        {"slots", 0, 0, 0, look_at_slots},
        {"slots-unflushed", 0, 0, 1, look_at_slots},
        {"cut-unflushed", 0, 0, 1, look_at_slots},
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        failed += run(&expectations[i], arguments[1], arguments[2], atoi(arguments[3]));
    remove_tree(scratch);
    return failed ? 1 : 0;
}
