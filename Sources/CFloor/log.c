/* The log floor: closed-loop clients, and one run from an empty environment to its figures. */
#include "log.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct client {
    struct floor_log *log;
    pthread_t thread;
    uint8_t *frames;
    uint64_t *samples;
    size_t sample_count, sample_capacity;
    unsigned number;
};

int floor_log_refuse(struct floor_log *log, const char *call, int code) {
    snprintf(log->error, sizeof log->error, "%s: %s", call, mdb_strerror(code));
    return -1;
}

/* --- clients ---------------------------------------------------------------------------------- */

static void wait_for_group(struct floor_log *log, uint64_t group) {
    _Atomic uint32_t *word = &log->acknowledged[group % WORDS];
    for (;;) {
        uint32_t seen = atomic_load(word);
        if (seen >= (uint32_t)group || atomic_load(&log->failed)) return;
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
}

static uint64_t enqueue(struct floor_log *log, struct batch *batch) {
    pthread_mutex_lock(&log->lock);
    batch->next = NULL;
    *log->last = batch;
    log->last = &batch->next;
    uint64_t group = log->open_group;
    bool wakes = ++log->queued == log->wake_at;
    pthread_mutex_unlock(&log->lock);
    if (wakes) pthread_cond_signal(&log->arrived);
    return group;
}

static bool goes_on(struct floor_log *log) {
    const struct floor_log_load *load = log->load;
    if (atomic_load(&log->failed)) return false;
    if (load->batches && atomic_fetch_add(&log->batches_started, 1) >= load->batches) return false;
    return !load->milliseconds || floor_now_ns() < log->deadline_ns;
}

static bool keep_sample(struct client *client, uint64_t sample) {
    if (client->sample_count == client->sample_capacity) {
        size_t next = client->sample_capacity ? client->sample_capacity * 2 : 1024;
        uint64_t *grown = realloc(client->samples, next * sizeof *grown);
        if (!grown) return false;
        client->samples = grown;
        client->sample_capacity = next;
    }
    client->samples[client->sample_count++] = sample;
    return true;
}

static void *run_client(void *argument) {
    struct client *client = argument;
    struct floor_log *log = client->log;
    struct batch batch = {NULL, client->frames};
    while (goes_on(log)) {
        uint64_t begin = floor_now_ns();
        wait_for_group(log, enqueue(log, &batch));
        if (atomic_load(&log->failed) || !keep_sample(client, floor_now_ns() - begin)) break;
    }
    pthread_mutex_lock(&log->lock);
    log->clients_left--;
    pthread_mutex_unlock(&log->lock);
    pthread_cond_signal(&log->arrived);
    return NULL;
}

/* --- one run ---------------------------------------------------------------------------------- */

static int open_environment(struct floor_log *log, const char *path) {
    const char *call = "mdb_env_create";
    MDB_txn *txn = NULL;
    size_t map_bytes = log->load->map_bytes ? log->load->map_bytes : (size_t)64 << 30;
    int code = mdb_env_create(&log->env);
    if (!code) code = mdb_env_set_mapsize(log->env, map_bytes), call = "mdb_env_set_mapsize";
    if (!code)
        code = mdb_env_open(log->env, path, MDB_NOMETASYNC | MDB_NOTLS, 0644),
        call = "mdb_env_open";
    if (!code) code = mdb_txn_begin(log->env, NULL, 0, &txn), call = "mdb_txn_begin";
    if (!code) code = mdb_dbi_open(txn, NULL, 0, &log->table), call = "mdb_dbi_open";
    if (!code) code = mdb_txn_commit(txn), call = "mdb_txn_commit";
    if (!code) code = mdb_env_sync(log->env, 1), call = "mdb_env_sync";
    return code ? floor_log_refuse(log, call, code) : 0;
}

static uint64_t digest_of(const uint8_t *frame, uint32_t length) {
    uint64_t hash = 14695981039346656037u;
    for (uint32_t i = 0; i < length; i++) hash = (hash ^ frame[i]) * 1099511628211u;
    return hash;
}

/* Counts what is in the file, so that a floor cannot be fast by losing frames. */
static int read_back(struct floor_log *log) {
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    int code = mdb_txn_begin(log->env, NULL, MDB_RDONLY, &txn);
    if (code) return floor_log_refuse(log, "mdb_txn_begin", code);
    code = mdb_cursor_open(txn, log->table, &cursor);
    if (code) {
        mdb_txn_abort(txn);
        return floor_log_refuse(log, "mdb_cursor_open", code);
    }
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        const uint8_t *at = value.mv_data, *end = at + value.mv_size;
        while (at < end) {
            uint32_t length;
            memcpy(&length, at, sizeof length);
            log->result.digest += digest_of(at + sizeof length, length);
            log->result.frames++;
            at += sizeof length + length;
        }
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    uint64_t expected = log->result.batches * log->load->frames_per_batch;
    if (code != MDB_NOTFOUND) return floor_log_refuse(log, "mdb_cursor_get", code);
    if (log->result.frames != expected)
        return floor_log_refuse(log, "frames are missing", MDB_CORRUPTED);
    return 0;
}

/* Bytes that do not compress, the same in every run. */
static uint8_t *make_frames(const struct floor_log_load *load, unsigned number) {
    size_t length = (size_t)load->frames_per_batch * load->frame_bytes;
    uint8_t *bytes = malloc(length ? length : 1);
    uint64_t state = 0x9e3779b97f4a7c15u * (number + 1);
    for (size_t i = 0; bytes && i < length; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(state >> 56);
    }
    return bytes;
}

static int run_threads(struct floor_log *log, struct client *clients) {
    unsigned count = log->load->clients, started = 0;
    pthread_t writer;
    uint64_t begin = floor_now_ns();
    log->deadline_ns = begin + log->load->milliseconds * 1000000ull;
    if (pthread_create(&writer, NULL, floor_log_write, log) != 0)
        return floor_log_refuse(log, "pthread_create", EAGAIN);
    for (; started < count; started++)
        if (pthread_create(&clients[started].thread, NULL, run_client, &clients[started])) break;
    if (started < count) {
        pthread_mutex_lock(&log->lock);
        log->clients_left -= count - started;
        pthread_mutex_unlock(&log->lock);
        pthread_cond_signal(&log->arrived);
    }
    for (unsigned i = 0; i < started; i++) pthread_join(clients[i].thread, NULL);
    pthread_join(writer, NULL);
    log->result.seconds = (double)(floor_now_ns() - begin) / 1e9;
    if (started < count) return floor_log_refuse(log, "pthread_create", EAGAIN);
    return atomic_load(&log->failed) ? -1 : 0;
}

static int gather(struct floor_log *log, struct client *clients) {
    size_t count = 0, at = 0;
    for (unsigned i = 0; i < log->load->clients; i++) count += clients[i].sample_count;
    uint64_t *all = malloc((count ? count : 1) * sizeof *all);
    if (!all) return floor_log_refuse(log, "malloc", ENOMEM);
    for (unsigned i = 0; i < log->load->clients; i++) {
        memcpy(all + at, clients[i].samples, clients[i].sample_count * sizeof *all);
        at += clients[i].sample_count;
    }
    log->result.latency = floor_latency_of(all, count);
    free(all);
    log->result.frames_per_second = (double)log->result.frames / log->result.seconds;
    return 0;
}

static int run(struct floor_log *log, const char *path) {
    const struct floor_log_load *load = log->load;
    if (load->clients == 0 || load->frames_per_batch == 0 || load->frame_bytes == 0
        || (load->milliseconds == 0 && load->batches == 0))
        return floor_log_refuse(log, "a load without clients, frames or an end", EINVAL);
    if (open_environment(log, path) != 0) return -1;
    struct client *clients = calloc(load->clients, sizeof *clients);
    int code = clients ? 0 : floor_log_refuse(log, "calloc", ENOMEM);
    for (unsigned i = 0; code == 0 && i < load->clients; i++) {
        clients[i] = (struct client){.log = log, .number = i, .frames = make_frames(load, i)};
        if (!clients[i].frames || !keep_sample(&clients[i], 0))
            code = floor_log_refuse(log, "malloc", ENOMEM);
        clients[i].sample_count = 0;
    }
    if (code == 0) code = run_threads(log, clients);
    if (code == 0) code = read_back(log);
    if (code == 0) code = gather(log, clients);
    for (unsigned i = 0; clients && i < load->clients; i++) {
        free(clients[i].frames);
        free(clients[i].samples);
    }
    free(clients);
    return code;
}

int floor_log(const char *directory, const struct floor_log_load *load,
              struct floor_log_result *result) {
    char path[4000], file[4096];
    snprintf(path, sizeof path, "%s/log-floor-XXXXXX", directory);
    if (!mkdtemp(path)) return floor_fail("%s: %s", path, strerror(errno));
    struct floor_log log = {.load = load, .clients_left = load->clients, .open_group = 1};
    log.last = &log.first;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&log.arrived, &attributes);
    pthread_mutex_init(&log.lock, NULL);
    int code = run(&log, path);
    struct stat st;
    snprintf(file, sizeof file, "%s/data.mdb", path);
    if (stat(file, &st) == 0) log.result.file_bytes = (uint64_t)st.st_size;
    if (log.env) mdb_env_close(log.env);
    pthread_cond_destroy(&log.arrived);
    pthread_mutex_destroy(&log.lock);
    pthread_condattr_destroy(&attributes);
    unlink(file);
    snprintf(file, sizeof file, "%s/lock.mdb", path);
    unlink(file);
    rmdir(path);
    *result = log.result;
    return code == 0 ? 0 : floor_fail("%s", log.error);
}
