/* One run of the log floor, as its clients and its writer share it. */
#ifndef FLOOR_LOG_H
#define FLOOR_LOG_H

#include "floor.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#define WORDS 8 /* groups that may be unacknowledged at once are two; the rest is slack */

struct batch {
    struct batch *next;
    const uint8_t *frames;
};

struct floor_log {
    const struct floor_log_load *load;
    MDB_env *env;
    MDB_dbi table;
    uint64_t sequence; /* key of the next value */
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct batch *first, **last;
    unsigned queued, clients_left;
    unsigned wake_at; /* the writer wants to know when so many are queued */
    uint64_t open_group;                  /* the group that a batch queued now belongs to */
    _Atomic uint32_t acknowledged[WORDS]; /* futex words: the last group of each slot */
    _Atomic bool failed;
    _Atomic uint64_t batches_started;
    uint64_t deadline_ns;
    struct floor_log_result result;
    char error[256];
};

/* Keeps the sentence for floor_error(); -1. */
int floor_log_refuse(struct floor_log *log, const char *call, int code);
/* The writer's thread: takes what is queued, commits, acknowledges, until the clients are gone. */
void *floor_log_write(void *log);

#endif
