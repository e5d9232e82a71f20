/* The log floor's one writer: group commit with lagged acknowledgement. */
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void acknowledge(struct floor_log *log, uint64_t group) {
    _Atomic uint32_t *word = &log->acknowledged[group % WORDS];
    atomic_store(word, (uint32_t)group);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void pack(struct floor_log *log, uint8_t *to, const struct batch **batch, unsigned *frame,
                 unsigned count) {
    const struct floor_log_load *load = log->load;
    for (unsigned i = 0; i < count; i++) {
        uint32_t length = load->frame_bytes;
        memcpy(to, &length, sizeof length);
        memcpy(to + sizeof length, (*batch)->frames + (size_t)*frame * length, length);
        to += sizeof length + length;
        if (++*frame == load->frames_per_batch) {
            *frame = 0;
            *batch = (*batch)->next;
        }
    }
}

static int commit(struct floor_log *log, const struct batch *batch, unsigned batches) {
    const struct floor_log_load *load = log->load;
    size_t each = sizeof(uint32_t) + load->frame_bytes;
    uint64_t left = (uint64_t)batches * load->frames_per_batch;
    uint64_t most = load->value_bytes_max ? load->value_bytes_max / each : left;
    if (most == 0) most = 1;
    MDB_txn *txn;
    int code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (code) return floor_log_refuse(log, "mdb_txn_begin", code);
    unsigned frame = 0;
    while (left > 0) {
        uint64_t count = left < most ? left : most;
        uint64_t key = __builtin_bswap64(log->sequence++);
        MDB_val k = {sizeof key, &key}, v = {count * each, NULL};
        code = mdb_put(txn, log->table, &k, &v, MDB_APPEND | MDB_RESERVE);
        if (code) {
            mdb_txn_abort(txn);
            return floor_log_refuse(log, "mdb_put", code);
        }
        pack(log, v.mv_data, &batch, &frame, (unsigned)count);
        left -= count;
    }
    code = mdb_txn_commit(txn);
    if (code) return floor_log_refuse(log, "mdb_txn_commit", code);
    log->result.groups++;
    log->result.flushes++;
    return 0;
}

/* Until so many batches are queued or the time is over. */
static void wait_for_count(struct floor_log *log, unsigned count, unsigned microseconds) {
    struct timespec until;
    uint64_t end = floor_now_ns() + microseconds * 1000ull;
    until.tv_sec = (time_t)(end / 1000000000u);
    until.tv_nsec = (long)(end % 1000000000u);
    log->wake_at = count;
    while (log->queued < count && log->clients_left > 0)
        if (microseconds == 0
            || pthread_cond_timedwait(&log->arrived, &log->lock, &until) == ETIMEDOUT)
            break;
}

/* `owed`: a group is committed and not acknowledged; `returned`: clients that were just let go. */
static void wait_for_batches(struct floor_log *log, bool owed, unsigned returned) {
    if (returned > 1) wait_for_count(log, returned, log->load->gather_us);
    if (owed) {
        wait_for_count(log, 1, log->load->patience_us);
    } else {
        log->wake_at = 1;
        while (log->queued == 0 && log->clients_left > 0)
            pthread_cond_wait(&log->arrived, &log->lock);
    }
}

static int write_groups(struct floor_log *log) {
    uint64_t owed = 0; /* the group that is committed and not acknowledged */
    unsigned owed_batches = 0, returned = 0;
    for (;;) {
        pthread_mutex_lock(&log->lock);
        wait_for_batches(log, owed != 0, returned);
        struct batch *first = log->first;
        unsigned batches = log->queued;
        uint64_t group = log->open_group;
        log->first = NULL;
        log->last = &log->first;
        log->queued = 0;
        if (batches > 0) log->open_group++;
        bool is_over = batches == 0 && log->clients_left == 0;
        pthread_mutex_unlock(&log->lock);
        if (batches > 0) {
            if (commit(log, first, batches) != 0) return -1;
            if (owed) acknowledge(log, owed);
            returned = owed ? owed_batches : 0;
            owed = group;
            owed_batches = batches;
            log->result.batches += batches;
        } else if (owed) {
            int code = mdb_env_sync(log->env, 1);
            if (code) return floor_log_refuse(log, "mdb_env_sync", code);
            log->result.flushes++;
            log->result.idle_flushes++;
            acknowledge(log, owed);
            /* Not gathered: were all of them one group again, each would pay an idle flush more.
               The first to come go alone, and from then on two groups take turns. */
            returned = 0;
            owed = 0;
        } else if (is_over) {
            return 0;
        }
    }
}

void *floor_log_write(void *argument) {
    struct floor_log *log = argument;
    if (write_groups(log) != 0) {
        atomic_store(&log->failed, true);
        for (int i = 0; i < WORDS; i++)
            syscall(SYS_futex, &log->acknowledged[i], FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
    return NULL;
}
