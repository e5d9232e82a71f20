/* Small programs that store something and say when it is safe; some of them are wrong on purpose.
   victim KIND DIRECTORY; run under the recorder by selftest.c, which knows what each must lose. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS 200
#define GROUP_MAX 20
#define MAP_BYTES ((size_t)64 << 20)

static void (*mark)(const char *);

static void check(int failed, const char *what) {
    if (!failed) return;
    fprintf(stderr, "victim: %s: error %d\n", what, failed);
    exit(1);
}

static void acknowledge(const char *what, uint64_t number) {
    char text[64];
    snprintf(text, sizeof text, "%s %llu", what, (unsigned long long)number);
    mark(text);
}

static void sync_directory(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    check(fd < 0 || fsync(fd) != 0, "fsync of a directory");
    close(fd);
}

static MDB_env *open_log(const char *path, unsigned flags, MDB_dbi *table) {
    MDB_env *env;
    MDB_txn *txn;
    check(mdb_env_create(&env), "mdb_env_create");
    check(mdb_env_set_mapsize(env, MAP_BYTES), "mdb_env_set_mapsize");
    check(mdb_env_set_maxdbs(env, 2), "mdb_env_set_maxdbs");
    check(mdb_env_open(env, path, flags, 0644), "mdb_env_open");
    check(mdb_txn_begin(env, NULL, 0, &txn), "mdb_txn_begin");
    check(mdb_dbi_open(txn, "log", MDB_CREATE | MDB_INTEGERKEY, table), "mdb_dbi_open");
    check(mdb_txn_commit(txn), "mdb_txn_commit");
    return env;
}

/* Made elsewhere, flushed, then put in its place: no crash shows a half of it. */
static void create_carefully(const char *directory, int flush_directory) {
    char temporary[512], path[512];
    snprintf(temporary, sizeof temporary, "%s/new", directory);
    snprintf(path, sizeof path, "%s/log", directory);
    check(mkdir(temporary, 0755), "mkdir");
    MDB_dbi table;
    MDB_env *env = open_log(temporary, 0, &table);
    check(mdb_env_sync(env, 1), "mdb_env_sync");
    mdb_env_close(env);
    sync_directory(temporary);
    check(rename(temporary, path), "rename");
    if (flush_directory) sync_directory(directory);
}

static void append_log(const char *directory, unsigned flags, int lagged) {
    char path[512];
    snprintf(path, sizeof path, "%s/log", directory);
    MDB_dbi table;
    MDB_env *env = open_log(path, flags, &table);
    uint64_t number = 0, before = 0, random = 88172645463325252u;
    for (int group = 0; group < GROUPS; group++) {
        MDB_txn *txn;
        check(mdb_txn_begin(env, NULL, 0, &txn), "mdb_txn_begin");
        random = random * 6364136223846793005u + 1442695040888963407u;
        for (int i = 1 + (random >> 33) % GROUP_MAX; i > 0; i--) {
            uint64_t words[16];
            size_t key = ++number;
            for (int w = 0; w < 16; w++) words[w] = number * 1000003 + w;
            MDB_val k = {sizeof key, &key}, v = {sizeof words, words};
            check(mdb_put(txn, table, &k, &v, MDB_APPEND), "mdb_put");
        }
        check(mdb_txn_commit(txn), "mdb_txn_commit");
        acknowledge("log", lagged ? before : number);
        before = number;
    }
    mdb_env_close(env);
}

/* One small file replaced again and again. */
static void replace_settings(const char *directory, int flush_file) {
    char path[512], temporary[512], text[4096];
    snprintf(path, sizeof path, "%s/settings", directory);
    snprintf(temporary, sizeof temporary, "%s/settings.new", directory);
    for (int version = 1; version <= GROUPS; version++) {
        memset(text, 'a' + version % 26, sizeof text);
        int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        check(fd < 0 || write(fd, text, sizeof text) != sizeof text, "write");
        if (flush_file) check(fsync(fd), "fsync");
        close(fd);
        check(rename(temporary, path), "rename");
        sync_directory(directory);
        acknowledge("settings", version);
    }
}

/* Slots of one sector, overwritten in place; then the file is cut to nothing. */
static void overwrite_slots(const char *directory, int flags, int flush_cut) {
    char path[512];
    uint64_t slot[64];
    snprintf(path, sizeof path, "%s/slots", directory);
    int fd = open(path, O_RDWR | O_CREAT | flags, 0600);
    check(fd < 0, "open");
    sync_directory(directory);
    for (uint64_t version = 1; version <= GROUPS; version++) {
        for (int i = 0; i < 64; i++) slot[i] = version;
        off_t at = version % 16 * sizeof slot;
        check(pwrite(fd, slot, sizeof slot, at) != sizeof slot, "pwrite");
        acknowledge("slots", version);
    }
    check(ftruncate(fd, 0), "ftruncate");
    if (flush_cut) check(fsync(fd), "fsync");
    acknowledge("cut", 1);
    for (int i = 0; i < 32; i++) mark("waiting");
    close(fd);
}

int main(int count, char **arguments) {
    *(void **)&mark = dlsym(RTLD_DEFAULT, "jangbu_mark");
    if (count != 3 || !mark) {
        fprintf(stderr, "victim KIND DIRECTORY, under the recorder\n");
        return 64;
    }
    const char *kind = arguments[1], *directory = arguments[2];
    if (!strcmp(kind, "sync")) {
        create_carefully(directory, 1);
        append_log(directory, 0, 0);
    } else if (!strcmp(kind, "nometasync")) {
        create_carefully(directory, 1);
        append_log(directory, MDB_NOMETASYNC, 0);
    } else if (!strcmp(kind, "lagged")) {
        create_carefully(directory, 1);
        append_log(directory, MDB_NOMETASYNC, 1);
    } else if (!strcmp(kind, "nosync")) {
        create_carefully(directory, 1);
        append_log(directory, MDB_NOSYNC, 0);
    } else if (!strcmp(kind, "no-directory-flush")) {
        create_carefully(directory, 0);
        append_log(directory, 0, 0);
    } else if (!strcmp(kind, "created-in-place")) {
        char path[512];
        snprintf(path, sizeof path, "%s/log", directory);
        check(mkdir(path, 0755), "mkdir");
        sync_directory(directory);
        append_log(directory, 0, 0);
    } else if (!strcmp(kind, "settings")) {
        replace_settings(directory, 1);
    } else if (!strcmp(kind, "settings-unflushed")) {
        replace_settings(directory, 0);
    } else if (!strcmp(kind, "slots")) {
        overwrite_slots(directory, O_DSYNC, 1);
    } else if (!strcmp(kind, "slots-unflushed")) {
        overwrite_slots(directory, 0, 1);
    } else if (!strcmp(kind, "cut-unflushed")) {
        overwrite_slots(directory, O_DSYNC, 0);
    } else {
        fprintf(stderr, "victim: no kind %s\n", kind);
        return 64;
    }
    return 0;
}
