/* Floors that the benchmarks are printed against: what the same bytes cost in plain C on the same
   machine in the same run. They check and seal nothing, and are as fast as we could make them.

   A flush floor: appended writes, each flushed. A log floor: liblmdb with group commit by one
   writer thread, MDB_NOMETASYNC, MDB_APPEND, a group's frames packed into few values, and the
   ledger's lagged acknowledgement: a group is acknowledged when the flush after its own has
   returned, the next group's, or one more when nothing waits. */
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct floor_latency {
    double p50_us, p99_us, max_us;
};

struct floor_flush_result {
    uint64_t flushes;
    double seconds;
    double flushes_per_second;
    struct floor_latency latency;
};

struct floor_log_load {
    unsigned clients;          /* closed-loop threads, each with one batch under way */
    unsigned frames_per_batch; /* 1 for single appends */
    unsigned frame_bytes;
    unsigned milliseconds;     /* how long to run; 0: until `batches` are done */
    uint64_t batches;          /* of all clients together; 0: until the time is over */
    unsigned patience_us;      /* how long a committed group waits for the next before a flush */
    unsigned gather_us;        /* how long, after an acknowledgement, for as many batches again */
    size_t value_bytes_max;    /* a group is cut into values of at most this; 0: into one value */
    size_t map_bytes;          /* 0: 64 GiB, sparse */
};

struct floor_log_result {
    uint64_t frames, batches;  /* acknowledged */
    uint64_t groups;           /* commits that brought frames */
    uint64_t flushes;          /* of these commits, and while idle */
    uint64_t idle_flushes;
    double seconds;
    double frames_per_second;
    struct floor_latency latency; /* of a batch, from its call to its acknowledgement */
    uint64_t file_bytes;
    uint64_t digest; /* sum of the hashes of all frames as read back */
};

/* Both work in a file or folder that they create below `directory` and remove at the end.
   0, or -1 with a sentence in floor_error(). */
int floor_flush(const char *directory, uint64_t count, size_t write_bytes,
                struct floor_flush_result *result);
int floor_log(const char *directory, const struct floor_log_load *load,
              struct floor_log_result *result);
const char *floor_error(void);

/* The preloaded flush shim, when there is one: flushes so far of the log's files (0), of others
   (1), bytes (2) and writes (3); -1 without the shim. */
int64_t floor_shim_count(int kind);
/* How long a flush takes from now on, negative for the disk's own; -1 without the shim. */
int floor_shim_set_us(long microseconds);

#ifdef __cplusplus
}
#endif

#endif
